"""Getting the tests that Dagster publishes, and nothing else of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

VERSION = "1.13.27"
PACKAGE = "dagster_tests"


def fetch(directory: Path) -> Path:
    """Returns the directory with the tests of the source distribution; everything else of it is deleted unread."""
    tests = directory / VERSION / PACKAGE
    if not tests.is_dir():
        download = directory / "download"
        download.mkdir(parents=True, exist_ok=True)
        try:
            _extract_tests(_download(download), tests.parent)
        finally:
            shutil.rmtree(download)
    return tests


def _download(directory: Path) -> Path:
    requirement = f"dagster=={VERSION}"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", requirement]
    subprocess.run([*command, "-d", directory], check=True, timeout=300)
    return next(directory.glob("dagster-*.tar.gz"))


def _extract_tests(archive: Path, to: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            path = member.name.partition("/")[2]
            # Its own conftest prepares Dagster's build machines.
            if path.startswith(f"{PACKAGE}/") and path != f"{PACKAGE}/conftest.py":
                member.name = path
                tar.extract(member, to, filter="data")
