"""What runs on this machine for a Celery worker, in a directory that its pool and its main process share."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace_codeloc.engines.base import Labels

_DIRECTORY = "HEADRACE_CELERY_PLACE"


def make_place() -> None:
    """Makes the directory; called in the worker's main process, before its pool begins."""
    os.environ[_DIRECTORY] = tempfile.mkdtemp(prefix="headrace-celery-")


def remove_place() -> None:
    """Removes the directory, when the worker ends."""
    path = os.environ.pop(_DIRECTORY, "")
    if path:
        shutil.rmtree(path, ignore_errors=True)


class Place:
    """The directory: a file for each process."""

    def __init__(self) -> None:
        self._path = Path(os.environ.get(_DIRECTORY) or tempfile.gettempdir())

    def log(self, name: str) -> Path:
        """Returns where a process writes its output."""
        return self._path / f"{name}.log"

    def began(self, name: str, labels: Labels, pid: int) -> None:
        """Remembers a process."""
        _write(self._path / f"{name}.json", {"name": name, "labels": dict(labels), "pid": pid})

    def ended(self, name: str) -> None:
        """Forgets a process."""
        for path in (self._path / f"{name}.json", self.log(name)):
            path.unlink(missing_ok=True)

    def find(self, selector: Labels) -> list[dict[str, Any]]:
        """Returns the processes with some labels."""
        found = [_read(path) for path in self._path.glob("*.json")]
        return [each for each in found if each and _has(each["labels"], selector)]

    def stop(self, selector: Labels, *, kill: bool) -> None:
        """Ends processes. Those that begin later find their order refused, and end by themselves."""
        for each in self.find(selector):
            try:
                if kill:
                    os.killpg(each["pid"], signal.SIGKILL)
                else:
                    os.kill(each["pid"], signal.SIGTERM)
            except ProcessLookupError:
                pass  # it has just ended


def _has(labels: Mapping[str, str], selector: Labels) -> bool:
    return all(labels.get(name) == value for name, value in selector.items())


def _write(path: Path, value: Mapping[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(value))
    fresh.replace(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found
