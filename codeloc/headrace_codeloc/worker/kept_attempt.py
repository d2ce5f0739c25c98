"""The output of one attempt on its way to where it is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from headrace.io.compute_log_manager import STREAMS, ComputeLogManager, LogStream
from headrace.io.file_names import file_name

_SUFFIXES: Mapping[LogStream, str] = {"stdout": ".out", "stderr": ".err"}
_SHARE = 0.1
"""How much of the time may go into storing one growing log again and again."""
_LONGEST_PAUSE = 60.0


class KeptAttempt:
    """What one attempt writes, and how much of it is stored; several threads may call it.

    Args:
        manager: Stores it.
        directory: Of all captured logs.
        run_id: The run.
        step_key: The step.
        number: The attempt.
    """

    def __init__(self, manager: ComputeLogManager, directory: Path, run_id: str, step_key: str, number: int) -> None:
        self.run_id = run_id
        self.step_key = step_key
        self.number = number
        self._manager = manager
        self._stem = directory / run_id / f"{file_name(step_key)}.{number}"
        self._stored: dict[LogStream, int] = dict.fromkeys(STREAMS, 0)
        self._failed: set[LogStream] = set()
        self._next_time = 0.0
        self._over = False
        # What is stored of a log that grows must not arrive after all of it.
        self._turn = threading.Lock()

    def store(self) -> Iterator[str]:
        """Stores all of it and removes the files; yields what went wrong."""
        with self._turn:
            self._over = True
            for stream in STREAMS:
                file = self._file(stream)
                if not file.exists():
                    continue
                try:
                    self._manager.store(self.run_id, self.step_key, self.number, stream, file)
                except Exception as error:
                    yield f"{stream} of this attempt could not be stored and is lost: {_said(error)}"
                file.unlink(missing_ok=True)

    def store_so_far(self, interval: float) -> Iterator[str]:
        """Stores what there is if there is more than before; yields what went wrong, once for each stream."""
        with self._turn:
            if self._over or time.monotonic() < self._next_time:
                return
            begin = time.monotonic()
            for stream in STREAMS:
                yield from self._store_stream(stream)
            took = time.monotonic() - begin
            self._next_time = begin + min(max(interval, took / _SHARE), max(interval, _LONGEST_PAUSE))

    def _store_stream(self, stream: LogStream) -> Iterator[str]:
        file = self._file(stream)
        size = file.stat().st_size if file.exists() else 0
        if size <= self._stored[stream]:
            return
        try:
            self._manager.store_so_far(self.run_id, self.step_key, self.number, stream, file)
            self._stored[stream] = size
        except Exception as error:
            if stream not in self._failed:
                self._failed.add(stream)
                yield f"{stream} of this attempt cannot be stored while it is written: {_said(error)}"

    def _file(self, stream: LogStream) -> Path:
        return self._stem.with_name(self._stem.name + _SUFFIXES[stream])


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
