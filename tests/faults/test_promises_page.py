"""The page of promises says what the tests prove, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from faults.mutants import MUTANTS
from faults.page.promises import PROMISES

PROJECT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
def test_the_page_is_what_the_tests_say() -> None:
    page = subprocess.run(
        [sys.executable, "-m", "faults.page"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert page.returncode == 0, page.stderr
    assert (PROJECT / "docs/promises.md").read_text(encoding="utf-8") == page.stdout, "run `make promises`"


def test_every_planted_bug_breaks_a_promise() -> None:
    assert {mutant.breaks for mutant in MUTANTS} <= set(PROMISES)
