"""One run from claim to finish."""

from __future__ import annotations

import os
import signal
import traceback
from typing import TYPE_CHECKING

from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.errors import HeadraceError, LeaseLostError
from headrace.execute.capture import FileCapture, NoCapture
from headrace.execute.events.event import Event
from headrace.execute.events.failures import failure_info
from headrace.execute.interrupts import Interrupts
from headrace.execute.planning.planned_assets import planned_assets
from headrace.execute.runner import RunFrame, StepRunner
from headrace.execute.runs.run import execute_run
from headrace.execute.scheduling.executors import ExecutorSettings
from headrace.faults import point
from headrace.ids import RandomIds
from headrace.io.home import use_storage_directory
from headrace.rpc.channel import open_channel
from headrace.rpc.retry import NO_RETRY
from headrace.wire.events import planned_event
from headrace.wire.failures import to_failure
from headrace.wire.moments import from_duration
from headrace_codeloc.worker.calls import UnreachableError
from headrace_codeloc.worker.claims import log_directory, log_store, run_spec
from headrace_codeloc.worker.coordinator import Coordinator
from headrace_codeloc.worker.exit_codes import EXIT_REFUSED, EXIT_RUN_FAILED
from headrace_codeloc.worker.heartbeat import Heartbeat
from headrace_codeloc.worker.kill_timer import KillTimer
from headrace_codeloc.worker.lease import Lease
from headrace_codeloc.worker.log import WorkerLog
from headrace_codeloc.worker.order import WorkerOrder
from headrace_codeloc.worker.pool_slots import PoolSlots
from headrace_codeloc.worker.reporter import Reporter
from headrace_codeloc.worker.steps import StepPlaces

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation

EXIT_DONE = 0
"""The run was finished."""
EXIT_UNREACHABLE = 75

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
        self._log = WorkerLog()

    def run(self) -> int:
        """Claims, executes and finishes; returns the exit code."""
        order = self._order
        places = StepPlaces.prepare(self._location, order.job_name, may_fork=order.forked)
        channel = open_channel(order.coordinator_address, tls=order.tls.load(), retry=NO_RETRY)
        coordinator = Coordinator(channel, order.coordinator_address, order.run_id)
        try:
            point("worker.before_claim")
            claim, lease = coordinator.claim(self._claim_request(), order.claim_timeout)
        except LeaseLostError as error:
            self._log.say(f"run {order.run_id} belongs to another worker or is over: {error}")
            return EXIT_REFUSED
        except (HeadraceError, UnreachableError) as error:
            self._log.say(f"run {order.run_id} could not be claimed: {error}")
            return EXIT_UNREACHABLE
        point("worker.after_claim")
        state = _Run(claim, lease, coordinator, self._order, self._location, places, self._log).execute()
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
        log: WorkerLog,
    ) -> None:
        self._claim = claim
        self._run = claim.run
        self._lease = lease
        self._coordinator = coordinator
        self._order = order
        self._location = location
        self._places = places
        self._log = log
        self._interrupts = Interrupts()
        cancel = self._interrupts.request
        self._reporter = Reporter(coordinator, lease, cancel=cancel, abandon=self._abandon)
        self._heartbeat = Heartbeat(
            coordinator, lease, from_duration(claim.heartbeat_interval), cancel=cancel, abandon=self._abandon
        )
        self._log_directory = log_directory(claim)
        self._logs = log_store(claim, self._log_directory, log, self._reporter)
        self._slots = PoolSlots(
            coordinator,
            cancel=cancel,
            abandon=self._abandon,
            wake=self._interrupts.wake,
            run_priority=claim.run.priority,
        )

    def execute(self) -> str:
        """Executes and finishes the run; returns the state that it ended in."""
        self._lease.enforce(KillTimer())
        use_storage_directory(self._claim.artifact_directory)
        self._reporter.start()
        self._heartbeat.start()
        if self._logs is not None:
            self._logs.start()
        state, failure = self._outcome()
        self._slots.close()
        if self._logs is not None:
            self._logs.close()
        batch, events = self._reporter.close()
        point("worker.before_finish")
        try:
            self._coordinator.finish(_STATES[state], failure, batch, events, self._lease)
        except (LeaseLostError, UnreachableError) as error:
            self._abandon(error)
        self._heartbeat.stop()
        point("worker.after_finish")
        return state

    def _outcome(self) -> tuple[str, Failure | None]:
        directory = self._log_directory
        try:
            with self._interrupts.installed():
                outcome = execute_run(
                    self._location.job(self._run.job_name),
                    run_spec(self._claim),
                    emit=self._emit,
                    cancelled=self._interrupts,
                    steps=self._open_steps,
                    capture=FileCapture(directory) if directory else NoCapture(),
                    slots=self._slots,
                )
        except Exception as error:
            if not isinstance(error, HeadraceError):
                traceback.print_exc()
            return "failed", to_failure(failure_info(error))
        finally:
            self._places.close()
        return outcome.state, None if outcome.failure is None else to_failure(outcome.failure)

    def _emit(self, event: Event) -> None:
        self._reporter.emit(event)
        if self._logs is not None:
            self._logs.note(event)

    def _open_steps(self, frame: RunFrame) -> StepRunner:
        planned = planned_assets(frame.job, frame.spec)
        self._reporter.emit(planned_event(self._run.run_id, frame.plan, planned))
        return self._places.open(frame, self._open_delegated)

    def _open_delegated(self, frame: RunFrame, settings: ExecutorSettings) -> StepRunner:
        # Here, because few runs need an engine, and every location would hold what it imports.
        from headrace_codeloc.worker.delegation import open_delegated

        return open_delegated(frame, settings, self._claim, self._order, self._location.source, self._abandon)

    def _abandon(self, error: Exception) -> None:
        """Ends this process and its children at once: the run is no longer its own, and nothing it says is stored."""
        self._log.say(f"the run is lost to this worker, it ends at once: {error}")
        os.killpg(os.getpgrp(), signal.SIGKILL)
