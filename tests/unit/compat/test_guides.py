"""Code like that of the guides of Dagster's documentation runs unchanged under the import hook."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
OPEN: dict[str, set[str]] = {}
"""Blocks that do not run yet, by guide."""


GUIDES = sorted((HERE / "guides").glob("*.py"))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What became of each guide, all of them in one process that has the hook."""
    command = [sys.executable, "-m", "headrace.compat.dagster", HERE / "run_guide.py", *GUIDES]
    directory = tmp_path_factory.mktemp("guides")
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, cwd=directory)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"guide"')]
    return {each["guide"]: each for each in lines}


@pytest.mark.parametrize("guide", [path.stem for path in GUIDES])
def test_the_code_of_a_guide_runs(guide: str, results: Mapping[str, Any]) -> None:
    unexpected = {name: text for name, text in results[guide]["failed"].items() if name not in OPEN.get(guide, ())}
    assert not unexpected, "\n".join(unexpected.values())
