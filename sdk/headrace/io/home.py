"""Where outputs are stored when nobody says where."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Protocol


class _HasStorage(Protocol):
    def storage_directory(self) -> str: ...


HOME_VARIABLE = "HEADRACE_HOME"
STORAGE_VARIABLE = "HEADRACE_STORAGE"
_TEMPORARY_VARIABLE = "HEADRACE_TEMPORARY_STORAGE"


def storage_directory() -> Path:
    """`$HEADRACE_STORAGE`, or `$HEADRACE_HOME/storage`; without a home, a directory that lasts as long as this process."""
    if given_storage_directory():
        return Path(given_storage_directory())
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "storage" if home else Path(_temporary_directory())


def storage_of(instance: _HasStorage | None) -> str:
    """Where values are stored that belong to an instance; as elsewhere without one."""
    return str(storage_directory()) if instance is None else instance.storage_directory()


def given_storage_directory() -> str:
    """The directory that this process was told to use; empty if it was not."""
    return os.environ.get(STORAGE_VARIABLE, "")


def use_storage_directory(directory: str) -> None:
    """Has this process, and those that it starts from now on, store there; an empty path changes nothing."""
    if directory:
        os.environ[STORAGE_VARIABLE] = directory


def _temporary_directory() -> str:
    """One that this process has made, or that which started it: the steps of a run share it, spawned ones, too."""
    shared = os.environ.get(_TEMPORARY_VARIABLE)
    if shared is None:
        os.environ[_TEMPORARY_VARIABLE] = shared = tempfile.mkdtemp(prefix="headrace-storage-")
        atexit.register(_remove, shared, os.getpid())
    return shared


def _remove(directory: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(directory, ignore_errors=True)
