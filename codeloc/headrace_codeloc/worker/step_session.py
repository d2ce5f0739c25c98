"""One attempt of a step from claim to end, in a worker of its own."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.api.types.v1.event_pb2 import Event as EventMessage
from headrace.api.worker.v1 import step_service_pb2 as pb
from headrace.definitions.assets.key import AssetKey
from headrace.errors import HeadraceError
from headrace.execute.events.failures import failure_info
from headrace.execute.frame import open_frame
from headrace.execute.interrupts import Interrupts
from headrace.execute.runner import RunFrame, StepEnd
from headrace.execute.runs.loggers import logging_to, open_loggers
from headrace.execute.runs.versions import RecordedVersion, Stamping
from headrace.execute.steps.attempt import run_attempt
from headrace.rpc.channel import open_channel
from headrace.rpc.retry import NO_RETRY
from headrace.wire.steps import data_versions, to_launch, to_step_end
from headrace_codeloc.worker.calls import CALL_SECONDS, UnreachableError
from headrace_codeloc.worker.claimed import Claimed
from headrace_codeloc.worker.exit_codes import EXIT_DONE
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.order import StepWorkerOrder
from headrace_codeloc.worker.recorded_versions import recorded_versions
from headrace_codeloc.worker.step_claim import StepClaim

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation


class StepSession:
    """What one worker does for one attempt of a step."""

    def __init__(self, order: StepWorkerOrder, location: LoadedLocation) -> None:
        self._order = order
        self._location = location

    def run(self) -> int:
        """Claims, executes and reports; returns the exit code.

        Raises:
            LeaseLostError: the attempt belongs to another worker, or nobody wants it any more.
            HeadraceError: it could not be claimed.
            UnreachableError: nobody has answered.
        """
        order = self._order
        channel = open_channel(order.coordinator_address, tls=order.tls.load(), retry=NO_RETRY)
        claims = StepClaim(channel, order)
        claim, lease = claims.claim(f"{os.uname().nodename} pid {os.getpid()}", order.claim_timeout)
        versions = recorded_versions(channel, order.coordinator_address, order.run_id, order.epoch, order.run_token)
        _Attempt(order, claim, lease, claims, self._location, versions).execute()
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
        versions: RecordedVersion,
    ) -> None:
        self._order = order
        self._claim = claim
        self._versions = versions
        self._claims = claims
        self._location = location
        self._stamping: Stamping | None = None
        self._interrupts = Interrupts()
        self._canceled = False
        self._claimed = Claimed(claim, lease, claims, "the step", self._cancel)

    def execute(self) -> None:
        """Executes the attempt and reports its end."""
        self._claimed.start()
        end = to_step_end(self._told_to_end(self._end()), self._made())

        def tell(batch: int, events: Sequence[EventMessage]) -> None:
            self._claims.finish(end, batch, events, self._claimed.lease)

        self._claimed.finish(tell)

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
            canceled = self._claims.heartbeat(self._claimed.lease, CALL_SECONDS)
        except (HeadraceError, UnreachableError):
            canceled = False
        return end if canceled else replace(end, interrupted=False)

    def _cancel(self) -> None:
        self._canceled = True
        self._interrupts.request()

    def _frame(self) -> RunFrame:
        job = self._location.job(self._claim.run.job_name)
        frame = open_frame(
            job,
            self._claimed.spec,
            emit=self._claimed.emit,
            capture=self._claimed.capture,
            isolated=True,
            interrupts=self._interrupts,
        )
        self._stamping = Stamping(frame, self._versions, data_versions(self._claim.order))
        frame = replace(frame, emit=self._stamping)
        return replace(frame, emit=logging_to(open_loggers(frame), frame.emit, job.name))

    def _made(self) -> Mapping[AssetKey, str]:
        """The versions of data that are news to the run's worker."""
        before = data_versions(self._claim.order)
        known = self._stamping.known if self._stamping is not None else {}
        return {key: version for key, version in known.items() if before.get(key) != version}
