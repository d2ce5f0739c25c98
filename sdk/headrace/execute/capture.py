"""Standard output and error of every step attempt, kept in one file each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from headrace.io.file_names import file_name

_TRIES = 4


@dataclass(frozen=True, slots=True)
class CapturedFiles:
    """Where an attempt writes, relative to the directory of all captured logs."""

    stdout: str
    stderr: str


class Capture(Protocol):
    """Redirects what an attempt writes."""

    def attempt(self, run_id: str, step_key: str, attempt: int) -> AbstractContextManager[CapturedFiles | None]:
        """Redirect until the context ends; yields where to, or None when nothing is captured."""


class NoCapture:
    """Leaves standard output and error where they are."""

    def attempt(self, run_id: str, step_key: str, attempt: int) -> AbstractContextManager[CapturedFiles | None]:
        """Capture nothing."""
        return nullcontext()


class FileCapture:
    """Writes `<directory>/<run_id>/<step_key>.<attempt>.out` and `.err`, readable while the attempt runs.

    Redirects the descriptors, so that what C libraries and child processes write is kept as well.

    Args:
        directory: The directory of all captured logs.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = Path(directory)

    @contextmanager
    def attempt(self, run_id: str, step_key: str, attempt: int) -> Iterator[CapturedFiles | None]:
        """Redirect this process's descriptors 1 and 2 until the context ends."""
        stem = f"{run_id}/{file_name(step_key)}.{attempt}"
        files = CapturedFiles(f"{stem}.out", f"{stem}.err")
        with _redirected(1, self._directory / files.stdout, sys.stdout):
            with _redirected(2, self._directory / files.stderr, sys.stderr):
                yield files


@contextmanager
def _redirected(fd: int, path: Path, stream: TextIO) -> Iterator[None]:
    _flush(stream)
    line_buffering = getattr(stream, "line_buffering", None)
    _buffer_lines(stream, True)
    original = os.dup(fd)
    target = _open(path)
    os.dup2(target, fd)
    os.close(target)
    try:
        yield
    finally:
        _flush(stream)
        os.dup2(original, fd)
        os.close(original)
        if line_buffering is not None:
            _buffer_lines(stream, line_buffering)


def _open(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    for _ in range(_TRIES - 1):
        try:
            return os.open(path, flags, 0o644)
        except FileNotFoundError:
            # Made by the first who needs it, and removed by the last who has stored what was in it.
            path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, flags, 0o644)


def _buffer_lines(stream: TextIO, line_buffering: bool) -> None:
    # A file is block-buffered by default: nobody could read along. Replaced streams (in tests) may lack the method.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(line_buffering=line_buffering)


def _flush(stream: TextIO) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):
        pass  # a stream that user code closed has nothing left to flush
