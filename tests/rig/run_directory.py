"""The directory that all workers of one test run share, named in the environment of the process that began the run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

DIRECTORY = "HEADRACE_TESTS_DIRECTORY"
OWNER = "HEADRACE_TESTS_OWNER"


def begin() -> None:
    """Names the run's directory and owner once; the workers that the owner starts inherit both names."""
    if OWNER not in os.environ:
        os.environ[OWNER] = str(os.getpid())
        os.environ[DIRECTORY] = f"{tempfile.gettempdir()}/headrace-tests-{os.getpid()}"


def run_directory() -> Path:
    """Returns the run's directory; whoever starts something in it also sees to its removal."""
    path = Path(os.environ[DIRECTORY])
    path.mkdir(mode=0o755, exist_ok=True)
    return path


def owner_pid() -> int:
    """Returns the process whose end is the end of the test run."""
    return int(os.environ[OWNER])
