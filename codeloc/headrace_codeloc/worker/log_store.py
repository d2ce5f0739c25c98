"""Handing what steps wrote to the deployment's own compute log manager, while the run goes on."""

from __future__ import annotations

import json
import threading
from collections import deque
from pathlib import Path

from headrace.api.worker.v1.worker_service_pb2 import ComputeLogManagerRef
from headrace.execute.events import Event, StepFailed, StepRetryScheduled, StepSucceeded
from headrace.io.compute_log_manager import STREAMS, ComputeLogManager
from headrace.io.file_names import file_name
from headrace.settings.custom import make_custom
from headrace_codeloc.worker.log import WorkerLog

CLOSE_SECONDS = 30.0
"""How long the end of a run waits for what is not stored yet."""
_ENDS = (StepSucceeded, StepFailed, StepRetryScheduled)
_SUFFIXES = {"stdout": ".out", "stderr": ".err"}

Attempt = tuple[str, str, int]


class LogStore:
    """Stores what attempts wrote, one after the other, when they are over."""

    def __init__(self, manager: ComputeLogManager, directory: Path, log: WorkerLog) -> None:
        self._manager = manager
        self._directory = directory
        self._log = log
        self._attempts: deque[Attempt] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="headrace-logs", daemon=True)

    @classmethod
    def of(cls, ref: ComputeLogManagerRef, directory: str, log: WorkerLog) -> LogStore:
        """Makes the store that the deployment names.

        Raises:
            InvalidConfigError: its class cannot be used here.
        """
        config = json.loads(ref.config.text or "{}")
        manager = make_custom("compute_logs", ref.module, ref.class_name, config, ComputeLogManager)  # type: ignore[type-abstract]
        return cls(manager, Path(directory), log)

    def start(self) -> None:
        """Begins to store."""
        self._thread.start()

    def note(self, event: Event) -> None:
        """Takes note of an event: an attempt that is over has written all that it will."""
        if isinstance(event.detail, _ENDS):
            with self._changed:
                self._attempts.append((event.run_id, event.step_key, event.attempt))
                self._changed.notify()

    def close(self) -> None:
        """Returns when everything is stored, or it has taken too long."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            self._log.say(f"output of {len(self._attempts) + 1} steps was not stored within {CLOSE_SECONDS:g} s")

    def _run(self) -> None:
        while (attempt := self._next()) is not None:
            self._store(attempt)

    def _next(self) -> Attempt | None:
        with self._changed:
            while not self._attempts and not self._closing:
                self._changed.wait()
            return self._attempts.popleft() if self._attempts else None

    def _store(self, attempt: Attempt) -> None:
        run_id, step_key, number = attempt
        for stream in STREAMS:
            file = self._directory / run_id / f"{file_name(step_key)}.{number}{_SUFFIXES[stream]}"
            if not file.exists():
                continue
            try:
                self._manager.store(run_id, step_key, number, stream, file)
            except Exception as error:
                self._log.say(f"{stream} of step {step_key!r} was not stored: {type(error).__name__}: {error}")
            file.unlink(missing_ok=True)
