"""Handing what steps write to the manager that keeps it elsewhere, while they write and when they are over."""

from __future__ import annotations

import json
import logging
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from headrace.api.worker.v1.worker_service_pb2 import ComputeLogManagerRef
from headrace.execute.events.event import Event, LogRecorded, StepFailed, StepRetryScheduled, StepStarted, StepSucceeded
from headrace.io.compute_log_manager import ComputeLogManager
from headrace.settings.custom import make_custom
from headrace_codeloc.worker.kept_attempt import KeptAttempt
from headrace_codeloc.worker.log import WorkerLog

CLOSE_SECONDS = 30.0
"""How long the end of a run waits for what is not stored yet."""
AT_ONCE = 4
"""Attempts that are stored at the same time."""
_TEMPORARY = "headrace-compute-logs-"
_ENDS = (StepSucceeded, StepFailed, StepRetryScheduled)

Tell = Callable[[Event], None]


class LogStore:
    """Stores what attempts write: from time to time while they write, and all of it when they are over."""

    def __init__(self, manager: ComputeLogManager, directory: Path, log: WorkerLog, tell: Tell) -> None:
        self._manager = manager
        self._directory = directory
        self._log = log
        self._tell = tell
        self._writing: dict[tuple[str, int], KeptAttempt] = {}
        self._over: deque[KeptAttempt] = deque()
        self._run_ids: set[str] = set()
        self._storing = 0
        self._changed = threading.Condition()
        self._closing = False

    @classmethod
    def of(cls, ref: ComputeLogManagerRef, directory: str, log: WorkerLog, tell: Tell) -> LogStore:
        """Makes the store that the deployment names.

        Raises:
            InvalidConfigError: its class cannot be used here.
        """
        config = json.loads(ref.config.text or "{}")
        manager = make_custom("compute_logs", ref.module, ref.class_name, config, ComputeLogManager)  # type: ignore[type-abstract]
        return cls(manager, Path(directory), log, tell)

    def start(self) -> None:
        """Begins to store."""
        for number in range(AT_ONCE):
            threading.Thread(target=self._store_ends, name=f"headrace-logs-{number}", daemon=True).start()
        if self._manager.upload_interval is not None:
            threading.Thread(target=self._store_growing, name="headrace-logs-growing", daemon=True).start()

    def note(self, event: Event) -> None:
        """Takes note of an event: an attempt that is over has written all that it will."""
        if isinstance(event.detail, StepStarted):
            with self._changed:
                self._writing[event.step_key, event.attempt] = self._attempt(event)
        elif isinstance(event.detail, _ENDS):
            with self._changed:
                known = self._writing.pop((event.step_key, event.attempt), None)
                self._over.append(known or self._attempt(event))
                self._changed.notify_all()

    def close(self) -> None:
        """Returns when everything is stored, or it has taken too long; what nobody has ended is stored as it is."""
        with self._changed:
            self._over.extend(self._writing.values())
            self._writing.clear()
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._over and not self._storing, CLOSE_SECONDS)
            left = len(self._over) + self._storing
        for run_id in self._run_ids:
            _remove_empty(self._directory / run_id)
        if self._directory.name.startswith(_TEMPORARY):
            _remove_empty(self._directory)
        if left:
            self._log.say(f"output of {left} attempts was not stored within {CLOSE_SECONDS:g} s")

    def _attempt(self, event: Event) -> KeptAttempt:
        self._run_ids.add(event.run_id)
        return KeptAttempt(self._manager, self._directory, event.run_id, event.step_key, event.attempt)

    def _store_ends(self) -> None:
        while (attempt := self._next()) is not None:
            try:
                for problem in attempt.store():
                    self._report(attempt, problem)
            finally:
                with self._changed:
                    self._storing -= 1
                    self._changed.notify_all()

    def _next(self) -> KeptAttempt | None:
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._closing)
            if not self._over:
                return None
            self._storing += 1
            return self._over.popleft()

    def _store_growing(self) -> None:
        interval = self._manager.upload_interval or 1.0
        while not self._closed_within(interval):
            with self._changed:
                growing = list(self._writing.values())
            for attempt in growing:
                for problem in attempt.store_so_far(interval):
                    self._report(attempt, problem)

    def _closed_within(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._closing, seconds)

    def _report(self, attempt: KeptAttempt, problem: str) -> None:
        self._log.say(f"step {attempt.step_key!r}: {problem}")
        line = LogRecorded(logging.ERROR, problem)
        self._tell(Event(attempt.run_id, time.time(), attempt.step_key, attempt.number, line))


def temporary_directory() -> str:
    """Makes the directory where this worker's output is until it is stored, if nobody says."""
    return tempfile.mkdtemp(prefix=_TEMPORARY)


def _remove_empty(directory: Path) -> None:
    try:
        directory.rmdir()
    except OSError:
        pass  # others write there
