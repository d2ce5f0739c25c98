"""Running our own code cases for the guides of Dagster's documentation."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_UNIT = Path(__file__).parents[1] / "unit/compat"
_SECONDS = 300


@dataclass(frozen=True)
class Guide:
    """What became of the code of one guide.

    Attributes:
        title: What the guide is about.
        blocks: How many blocks of code there are.
        failed: The names of those that do not run.
    """

    title: str
    blocks: int
    failed: tuple[str, ...]


def run_guides() -> list[Guide]:
    """Runs all of them under the import hook."""
    files = sorted((_UNIT / "guides").glob("*.py"))
    command = [sys.executable, "-m", "headrace.compat.dagster", str(_UNIT / "run_guide.py"), *map(str, files)]
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True, cwd=directory)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"guide"')]
    return [Guide(each["title"].rstrip("."), each["blocks"], tuple(each["failed"])) for each in found]
