"""One run from claim to finish."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.event_pb2 import Event as EventMessage
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.errors import HeadraceError
from headrace.execute.events.failures import failure_info
from headrace.execute.interrupts import Interrupts
from headrace.execute.planning.planned_assets import planned_assets
from headrace.execute.runner import RunFrame, StepRunner
from headrace.execute.runs.run import execute_run
from headrace.execute.runs.versions import RecordedVersion
from headrace.execute.scheduling.executors import ExecutorSettings
from headrace.faults import point
from headrace.ids import RandomIds
from headrace.rpc.channel import open_channel
from headrace.rpc.retry import NO_RETRY
from headrace.wire.events import planned_event
from headrace.wire.failures import to_failure
from headrace_codeloc.worker.claimed import Claimed
from headrace_codeloc.worker.coordinator import Coordinator
from headrace_codeloc.worker.exit_codes import EXIT_DONE, EXIT_RUN_FAILED
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.order import WorkerOrder
from headrace_codeloc.worker.pool_slots import PoolSlots
from headrace_codeloc.worker.recorded_versions import recorded_versions
from headrace_codeloc.worker.steps import StepPlaces

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation

_STATES = {
    "succeeded": run_pb2.RUN_STATE_SUCCEEDED,
    "failed": run_pb2.RUN_STATE_FAILED,
    "canceled": run_pb2.RUN_STATE_CANCELED,
}


class Session:
    """What one worker does for one run."""

    def __init__(self, order: WorkerOrder, location: LoadedLocation) -> None:
        self._order = order
        self._location = location

    def run(self) -> int:
        """Claims, executes and finishes; returns the exit code.

        Raises:
            LeaseLostError: the run belongs to another worker, or is over.
            HeadraceError: it could not be claimed.
            UnreachableError: nobody has answered.
        """
        order = self._order
        places = StepPlaces.prepare(self._location, order.job_name, may_fork=order.forked)
        channel = open_channel(order.coordinator_address, tls=order.tls.load(), retry=NO_RETRY)
        coordinator = Coordinator(channel, order.coordinator_address, order.run_id)
        point("worker.before_claim")
        claim, lease = coordinator.claim(self._claim_request(), order.claim_timeout)
        point("worker.after_claim")
        versions = recorded_versions(channel, order.coordinator_address, order.run_id, claim.epoch, claim.run_token)
        state = _Run(claim, lease, coordinator, order, self._location, places, versions).execute()
        return EXIT_RUN_FAILED if state == "failed" and order.fails_with_run else EXIT_DONE

    def _claim_request(self) -> pb.ClaimRunRequest:
        return pb.ClaimRunRequest(
            request_id=RandomIds().uuid7(),
            run_id=self._order.run_id,
            launch_token=self._order.launch_token,
            worker=f"{os.uname().nodename} pid {os.getpid()}",
        )


class _Run:
    """A claimed run."""

    def __init__(
        self,
        claim: pb.ClaimRunResponse,
        lease: Lease,
        coordinator: Coordinator,
        order: WorkerOrder,
        location: LoadedLocation,
        places: StepPlaces,
        versions: RecordedVersion,
    ) -> None:
        self._claim = claim
        self._coordinator = coordinator
        self._order = order
        self._location = location
        self._places = places
        self._versions = versions
        self._interrupts = Interrupts()
        cancel = self._interrupts.request
        self._claimed = Claimed(claim, lease, coordinator, "the run", cancel)
        self._slots = PoolSlots(
            coordinator,
            cancel=cancel,
            abandon=self._claimed.abandon,
            wake=self._interrupts.wake,
            run_priority=claim.run.priority,
        )

    def execute(self) -> str:
        """Executes and finishes the run; returns the state that it ended in."""
        self._claimed.start()
        state, failure = self._outcome()
        self._slots.close()

        def tell(batch: int, events: Sequence[EventMessage]) -> None:
            point("worker.before_finish")
            self._coordinator.finish(_STATES[state], failure, batch, events, self._claimed.lease)

        self._claimed.finish(tell)
        point("worker.after_finish")
        return state

    def _outcome(self) -> tuple[str, Failure | None]:
        try:
            with self._interrupts.installed():
                outcome = execute_run(
                    self._location.job(self._claim.run.job_name),
                    self._claimed.spec,
                    emit=self._claimed.emit,
                    cancelled=self._interrupts,
                    steps=self._open_steps,
                    capture=self._claimed.capture,
                    slots=self._slots,
                    data_version=self._versions,
                )
        except Exception as error:
            if not isinstance(error, HeadraceError):
                traceback.print_exc()
            return "failed", to_failure(failure_info(error))
        finally:
            self._places.close()
        return outcome.state, None if outcome.failure is None else to_failure(outcome.failure)

    def _open_steps(self, frame: RunFrame) -> StepRunner:
        planned = planned_assets(frame.job, frame.spec)
        self._claimed.reporter.emit(planned_event(self._claim.run.run_id, frame.plan, planned))
        return self._places.open(frame, self._open_delegated)

    def _open_delegated(self, frame: RunFrame, settings: ExecutorSettings) -> StepRunner:
        # Here, because few runs need an engine, and every location would hold what it imports.
        from headrace_codeloc.worker.delegation import open_delegated

        return open_delegated(frame, settings, self._claim, self._order, self._location.source, self._claimed.abandon)
