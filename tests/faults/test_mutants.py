"""Tests of the tests: a bug that is planted in a copy of the code does not get past them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from faults.mutants import MUTANTS, Mutant
from faults.size import AT_LENGTH

PROJECT = Path(__file__).parents[2]
ROOTS = ("sdk", "codeloc", "services")
FAILED = 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_bug_can_be_planted(mutant: Mutant) -> None:
    assert (PROJECT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1


@pytest.mark.skipif(not AT_LENGTH, reason="takes minutes")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_planted_bug_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    copy = copy_of_project(tmp_path / "copy")
    file = copy / mutant.file
    file.write_text(file.read_text(encoding="utf-8").replace(mutant.old, mutant.new), encoding="utf-8")
    test, *selection = shlex.split(mutant.caught_by)
    command = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/{test}", *selection]
    sources = os.pathsep.join(str(copy / root) for root in ROOTS)
    size = {"HEADRACE_FAULTS_RUNS": "60", "HEADRACE_FAULTS_KILLS": "20"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env={**os.environ, **size, "PYTHONPATH": sources},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == FAILED, done.stdout


def copy_of_project(target: Path) -> Path:
    target.mkdir()
    for name in (*ROOTS, "tests"):
        shutil.copytree(PROJECT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(PROJECT / "pyproject.toml", target)
    return target
