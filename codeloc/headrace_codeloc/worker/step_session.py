"""One attempt of a step from claim to end, in a worker of its own."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.api.worker.v1 import step_service_pb2 as pb
from headrace.definitions.assets.key import AssetKey
from headrace.errors import HeadraceError, LeaseLostError
from headrace.execute.capture import FileCapture, NoCapture
from headrace.execute.events.event import Event
from headrace.execute.events.failures import failure_info
from headrace.execute.frame import open_frame
from headrace.execute.interrupts import Interrupts
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.runs.loggers import logging_to, open_loggers
from headrace.execute.runs.versions import Stamping
from headrace.execute.steps.attempt import run_attempt
from headrace.io.home import use_storage_directory
from headrace.rpc.channel import open_channel
from headrace.rpc.retry import NO_RETRY
from headrace.wire.moments import from_duration
from headrace.wire.steps import data_versions, to_launch, to_step_end
from headrace_codeloc.worker.calls import CALL_SECONDS, UnreachableError
from headrace_codeloc.worker.claims import log_directory, log_store, run_spec
from headrace_codeloc.worker.exit_codes import EXIT_REFUSED
from headrace_codeloc.worker.heartbeat import Heartbeat
from headrace_codeloc.worker.kill_timer import KillTimer
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.log import WorkerLog
from headrace_codeloc.worker.order import StepWorkerOrder
from headrace_codeloc.worker.reporter import Reporter
from headrace_codeloc.worker.session import EXIT_DONE, EXIT_UNREACHABLE
from headrace_codeloc.worker.step_claim import StepClaim

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation


class StepSession:
    """What one worker does for one attempt of a step."""

    def __init__(self, order: StepWorkerOrder, location: LoadedLocation) -> None:
        self._order = order
        self._location = location
        self._log = WorkerLog()

    def run(self) -> int:
        """Claims, executes and reports; returns the exit code."""
        order = self._order
        channel = open_channel(order.coordinator_address, tls=order.tls.load(), retry=NO_RETRY)
        claims = StepClaim(channel, order)
        try:
            claim, lease = claims.claim(f"{os.uname().nodename} pid {os.getpid()}", order.claim_timeout)
        except LeaseLostError as error:
            self._log.say(f"step {order.step_key!r} is not wanted any more: {error}")
            return EXIT_REFUSED
        except (HeadraceError, UnreachableError) as error:
            self._log.say(f"step {order.step_key!r} could not be claimed: {error}")
            return EXIT_UNREACHABLE
        _Attempt(order, claim, lease, claims, self._location, self._log).execute()
        return EXIT_DONE


class _Attempt:
    """A claimed attempt."""

    def __init__(
        self,
        order: StepWorkerOrder,
        claim: pb.ClaimStepResponse,
        lease: Lease,
        claims: StepClaim,
        location: LoadedLocation,
        log: WorkerLog,
    ) -> None:
        self._order = order
        self._claim = claim
        self._lease = lease
        self._claims = claims
        self._location = location
        self._log = log
        self._stamping: Stamping | None = None
        self._interrupts = Interrupts()
        self._canceled = False
        self._reporter = Reporter(claims, lease, cancel=self._cancel, abandon=self._abandon)
        self._heartbeat = Heartbeat(
            claims, lease, from_duration(claim.heartbeat_interval), cancel=self._cancel, abandon=self._abandon
        )
        self._log_directory = log_directory(claim)
        self._logs = log_store(claim, self._log_directory, log, self._reporter)

    def execute(self) -> None:
        """Executes the attempt and reports its end."""
        self._lease.enforce(KillTimer())
        use_storage_directory(self._claim.artifact_directory)
        self._reporter.start()
        self._heartbeat.start()
        if self._logs is not None:
            self._logs.start()
        end = self._told_to_end(self._end())
        if self._logs is not None:
            self._logs.close()
        batch, events = self._reporter.close()
        try:
            self._claims.finish(to_step_end(end, self._made()), batch, events, self._lease)
        except (LeaseLostError, UnreachableError) as error:
            self._abandon(error)
        self._heartbeat.stop()

    def _end(self) -> StepEnd:
        launch = to_launch(self._order.step_key, self._order.attempt, self._claim.order)
        try:
            with self._interrupts.installed():
                return run_attempt(self._frame(), launch)
        except Exception as error:
            # Of the run, not of the step: its code here is not the one that it was planned with, say.
            if not isinstance(error, HeadraceError):
                traceback.print_exc()
            return StepEnd(launch.key, launch.attempt, time.time(), failure=failure_info(error), retryable=False)

    def _told_to_end(self, end: StepEnd) -> StepEnd:
        """Tells a cancel from a signal that somebody else has sent, an engine that wants the place: that is a failure."""
        if not end.interrupted or self._canceled:
            return end
        try:
            canceled = self._claims.heartbeat(self._lease, CALL_SECONDS)
        except (HeadraceError, UnreachableError):
            canceled = False
        return end if canceled else replace(end, interrupted=False)

    def _cancel(self) -> None:
        self._canceled = True
        self._interrupts.request()

    def _frame(self) -> RunFrame:
        job = self._location.job(self._claim.run.job_name)
        spec = run_spec(self._claim)
        frame = open_frame(
            job,
            spec,
            emit=self._emit,
            capture=FileCapture(self._log_directory) if self._log_directory else NoCapture(),
            isolated=True,
            interrupts=self._interrupts,
        )
        self._stamping = Stamping(frame, data_versions(self._claim.order))
        frame = replace(frame, emit=self._stamping)
        return replace(frame, emit=logging_to(open_loggers(frame), frame.emit, job.name))

    def _made(self) -> Mapping[AssetKey, str]:
        """The versions of data that are news to the run's worker."""
        before = data_versions(self._claim.order)
        known = self._stamping.known if self._stamping is not None else {}
        return {key: version for key, version in known.items() if before.get(key) != version}

    def _emit(self, event: Event) -> None:
        self._reporter.emit(event)
        if self._logs is not None:
            self._logs.note(event)

    def _abandon(self, error: Exception) -> None:
        """Ends this process and its children at once: nobody wants the attempt any more."""
        self._log.say(f"the step is lost to this worker, it ends at once: {error}")
        os.killpg(os.getpgrp(), signal.SIGKILL)
