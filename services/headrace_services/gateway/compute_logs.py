"""What steps wrote to stdout and stderr, in local files: `<directory>/<run_id>/<step_key>.<attempt>.out` and `.err`."""

from __future__ import annotations

from pathlib import Path

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.io.file_names import file_name

CHUNK_BYTES = 256 * 1024

_STDOUT_SUFFIX, _STDERR_SUFFIX = ".out", ".err"


class ComputeLogs:
    """The directory that the local compute log manager writes to."""

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

    def path(self, run_id: str, step_key: str, attempt: int, stream: int) -> Path | None:
        """Returns the file of a log, None if no such file can be: a step's key is no path."""
        suffix = _STDERR_SUFFIX if stream == pb.LOG_STREAM_STDERR else _STDOUT_SUFFIX
        return None if "/" in step_key else self._directory / run_id / f"{file_name(step_key)}.{attempt}{suffix}"


def read_chunk(path: Path, offset: int) -> bytes | None:
    """Returns what a file has at `offset`, at most one chunk; None if there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(CHUNK_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
