"""What steps wrote to stdout and stderr: in local files, or wherever the deployment's own manager keeps it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.errors import HeadraceError, LogUnreadableError
from headrace.io.compute_log_manager import ComputeLogManager, LogStream
from headrace.io.file_names import file_name

logger = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
CLOSE_SECONDS = 30.0
"""A worker stores what an attempt wrote when that is over; this is as long as it tries."""

_STDOUT_SUFFIX, _STDERR_SUFFIX = ".out", ".err"


class ComputeLogs(Protocol):
    """Where output of steps is read; called in threads.

    Attributes:
        look_seconds: How often to look for more.
        settle_seconds: How long after the end of an attempt its output may still arrive.
    """

    look_seconds: float
    settle_seconds: float

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step that has written a log, 0 if none has."""

    def read(self, run_id: str, step_key: str, attempt: int, stream: int, offset: int) -> bytes | None:
        """Returns what a log has at `offset`, at most one chunk; None if there is no such log."""

    def place_of(self, run_id: str, step_key: str, attempt: int, stream: int) -> str:
        """Says where such a log is kept, for people."""

    def is_complete(self, run_id: str, step_key: str, attempt: int, stream: int) -> bool:
        """Tells of an attempt that is over whether its log is known to have come whole."""


class LocalLogs:
    """Files that the local compute log manager writes: `<directory>/<run_id>/<step_key>.<attempt>.out` and `.err`."""

    # A file has no way to say that it grew.
    look_seconds = 0.15
    settle_seconds = 0.0

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def is_complete(self, run_id: str, step_key: str, attempt: int, stream: int) -> bool:
        """Tells that it has: it was written in the place where it is read."""
        return True

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step that has written a log, 0 if none has."""
        folder = self._directory / run_id
        newest, stem = 0, file_name(step_key)
        try:
            names = [entry.name for entry in folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return 0
        for name in names:
            step, _, attempt = name.removesuffix(_STDOUT_SUFFIX).rpartition(".")
            if name.endswith(_STDOUT_SUFFIX) and step == stem and attempt.isdecimal():
                newest = max(newest, int(attempt))
        return newest

    def read(self, run_id: str, step_key: str, attempt: int, stream: int, offset: int) -> bytes | None:
        """Returns what a file has at `offset`, at most one chunk; None if there is no such file."""
        if "/" in step_key:
            # A step's key is no path.
            return None
        try:
            with self._file(run_id, step_key, attempt, stream).open("rb") as file:
                file.seek(offset)
                return file.read(CHUNK_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def place_of(self, run_id: str, step_key: str, attempt: int, stream: int) -> str:
        """Says which file that is."""
        return str(self._file(run_id, step_key, attempt, stream))

    def _file(self, run_id: str, step_key: str, attempt: int, stream: int) -> Path:
        suffix = _STDERR_SUFFIX if stream == pb.LOG_STREAM_STDERR else _STDOUT_SUFFIX
        return self._directory / run_id / f"{file_name(step_key)}.{attempt}{suffix}"


class ManagedLogs:
    """What a manager keeps elsewhere: stored a while after it was written, and perhaps not readable from here."""

    settle_seconds = CLOSE_SECONDS

    def __init__(self, manager: ComputeLogManager) -> None:
        self._manager = manager
        self.look_seconds = manager.look_interval

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step whose log is kept, 0 if none is.

        Raises:
            LogUnreadableError: it cannot be found out; the message has the store's own words.
        """
        with _explained(run_id, step_key):
            return self._manager.newest_attempt(run_id, step_key)

    def read(self, run_id: str, step_key: str, attempt: int, stream: int, offset: int) -> bytes | None:
        """Returns what a log has at `offset`, at most one chunk; None if there is no such log.

        Raises:
            LogUnreadableError: it cannot be read; the message has the store's own words.
        """
        with _explained(run_id, step_key):
            found = self._manager.read(run_id, step_key, attempt, _name(stream), offset)
        return None if found is None else found[:CHUNK_BYTES]

    def place_of(self, run_id: str, step_key: str, attempt: int, stream: int) -> str:
        """Says where that is."""
        with _explained(run_id, step_key):
            return self._manager.place_of(run_id, step_key, attempt, _name(stream))

    def is_complete(self, run_id: str, step_key: str, attempt: int, stream: int) -> bool:
        """Tells of an attempt that is over whether its log is known to have come whole."""
        with _explained(run_id, step_key):
            return self._manager.is_complete(run_id, step_key, attempt, _name(stream))


def _name(stream: int) -> LogStream:
    return "stderr" if stream == pb.LOG_STREAM_STDERR else "stdout"


@contextmanager
def _explained(run_id: str, step_key: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        logger.warning("output of a step cannot be read", extra={"run_id": run_id, "step_key": step_key}, exc_info=True)
        said = str(error) if isinstance(error, HeadraceError) else f"{type(error).__name__}: {error}"
        raise LogUnreadableError(
            f"the output of step {step_key!r} of run {run_id} cannot be read: {said}",
            metadata={"run_id": run_id, "step_key": step_key},
        ) from error
