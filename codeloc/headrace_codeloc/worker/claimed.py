"""What a claimed run and a claimed attempt of a step have in common: both tell what happens, keep their lease, store output."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from headrace.api.types.v1.event_pb2 import Event as EventMessage
from headrace.api.worker.v1.step_service_pb2 import ClaimStepResponse
from headrace.api.worker.v1.worker_service_pb2 import ClaimRunResponse
from headrace.errors import InvalidConfigError, LeaseLostError
from headrace.execute.capture import Capture, FileCapture, NoCapture
from headrace.execute.events.event import Event
from headrace.execute.spec import RunSpec
from headrace.io.home import use_storage_directory
from headrace.wire.moments import from_duration
from headrace.wire.runs import to_run_spec
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.heartbeat import Heartbeat, Renewing
from headrace_codeloc.worker.kill_timer import KillTimer
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.log import WorkerLog
from headrace_codeloc.worker.log_store import LogStore, temporary_directory
from headrace_codeloc.worker.reporter import Reporter, Storing

Claim = ClaimRunResponse | ClaimStepResponse


class Coordinating(Renewing, Storing, Protocol):
    """The coordinator, as whoever has claimed something needs it."""


class Claimed:
    """Something that this process has claimed, and holds from `start` to `finish`.

    Args:
        claim: The coordinator's answer.
        lease: How long it holds.
        coordinator: Gets reports.
        what: What was claimed, for messages: `the run`.
        cancel: Called when the coordinator says that it is to be canceled.

    Attributes:
        lease: How long it holds.
        reporter: Takes events that no output belongs to.
        capture: Where output of steps goes while they run.
    """

    def __init__(
        self, claim: Claim, lease: Lease, coordinator: Coordinating, what: str, cancel: Callable[[], None]
    ) -> None:
        self.lease = lease
        self.reporter = Reporter(coordinator, lease, cancel=cancel, abandon=self.abandon)
        self._claim = claim
        self._what = what
        self._log = WorkerLog()
        interval = from_duration(claim.heartbeat_interval)
        self._heartbeat = Heartbeat(coordinator, lease, interval, cancel=cancel, abandon=self.abandon)
        directory = _log_directory(claim)
        self.capture: Capture = FileCapture(directory) if directory else NoCapture()
        self._logs = self._log_store(directory)

    @property
    def spec(self) -> RunSpec:
        """What to execute."""
        logs = self._claim.python_logs
        return replace(to_run_spec(self._claim.run), managed_loggers=tuple(logs.managed_loggers), log_level=logs.level)

    def start(self) -> None:
        """Begins to hold it."""
        self.lease.enforce(KillTimer())
        use_storage_directory(self._claim.artifact_directory)
        self.reporter.start()
        self._heartbeat.start()
        if self._logs is not None:
            self._logs.start()

    def emit(self, event: Event) -> None:
        """Tells of an event."""
        self.reporter.emit(event)
        if self._logs is not None:
            self._logs.note(event)

    def finish(self, tell: Callable[[int, Sequence[EventMessage]], None]) -> None:
        """Ends it: `tell` gets the number of the last batch and its events, and says how it ended."""
        # Output first: that some could not be stored is an event too.
        if self._logs is not None:
            self._logs.close()
        batch, events = self.reporter.close()
        try:
            tell(batch, events)
        except (LeaseLostError, UnreachableError) as error:
            self.abandon(error)
        self._heartbeat.stop()

    def abandon(self, error: Exception) -> None:
        """Ends this process and its children at once: nothing that they say would be stored any more."""
        self._log.say(f"{self._what} is lost to this worker, it ends at once: {error}")
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def _log_store(self, directory: str) -> LogStore | None:
        if not self._claim.HasField("compute_log_manager"):
            return None
        try:
            return LogStore.of(self._claim.compute_log_manager, directory, self._log, self.reporter.emit)
        except InvalidConfigError as error:
            # A class that cannot be used here costs the output, not the run.
            self._log.say(f"output of steps stays on this machine: {error}")
            return None


def _log_directory(claim: Claim) -> str:
    """Returns where output is captured; empty for nowhere."""
    return claim.compute_log_directory or (temporary_directory() if claim.HasField("compute_log_manager") else "")
