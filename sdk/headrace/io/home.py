"""Where outputs are stored when nobody says where."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

HOME_VARIABLE = "HEADRACE_HOME"


def storage_directory() -> Path:
    """`$HEADRACE_HOME/storage`; without a home, a directory that lasts as long as this process."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "storage" if home else _temporary_directory()


@cache
def _temporary_directory() -> Path:
    directory = tempfile.mkdtemp(prefix="headrace-storage-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(directory)
