"""What steps wrote to stdout and stderr: in local files, or wherever the deployment's own manager keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.io.compute_log_manager import ComputeLogManager, LogStream
from headrace.io.file_names import file_name

CHUNK_BYTES = 256 * 1024

_STDOUT_SUFFIX, _STDERR_SUFFIX = ".out", ".err"


class ComputeLogs(Protocol):
    """Where output of steps is read; called in threads."""

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step that has written a log, 0 if none has."""

    def read(self, run_id: str, step_key: str, attempt: int, stream: int, offset: int) -> bytes:
        """Returns what a log has at `offset`, at most one chunk; nothing if there is no such log."""


class LocalLogs:
    """Files that the local compute log manager writes: `<directory>/<run_id>/<step_key>.<attempt>.out` and `.err`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

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

    def read(self, run_id: str, step_key: str, attempt: int, stream: int, offset: int) -> bytes:
        """Returns what a file has at `offset`, at most one chunk; nothing if there is no such file."""
        if "/" in step_key:
            # A step's key is no path.
            return b""
        suffix = _STDERR_SUFFIX if stream == pb.LOG_STREAM_STDERR else _STDOUT_SUFFIX
        try:
            with (self._directory / run_id / f"{file_name(step_key)}.{attempt}{suffix}").open("rb") as file:
                file.seek(offset)
                return file.read(CHUNK_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return b""


class ManagedLogs:
    """What the deployment's own manager keeps; complete when it is there."""

    def __init__(self, manager: ComputeLogManager) -> None:
        self._manager = manager

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step whose log is kept, 0 if none is."""
        return self._manager.newest_attempt(run_id, step_key)

    def read(self, run_id: str, step_key: str, attempt: int, stream: int, offset: int) -> bytes:
        """Returns what a log has at `offset`, at most one chunk."""
        name: LogStream = "stderr" if stream == pb.LOG_STREAM_STDERR else "stdout"
        found = self._manager.read(run_id, step_key, attempt, name, offset)
        return (found or b"")[:CHUNK_BYTES]
