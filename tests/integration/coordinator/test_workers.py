"""WorkerService as a worker of any language sees it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest
from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.event_pb2 import Event, StepRetryScheduled, StepStarted, StepSucceeded
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.worker.v1 import step_service_pb2 as step_pb
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.api.worker.v1.step_service_pb2_grpc import StepServiceStub
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceStub
from headrace.rpc.status import from_rpc_error
from headrace_services.kit.config.model import Leases, PythonLogs
from rig.control_plane import ControlPlane, StartControlPlane
from rig.scripted_location import ScriptedLocation
from rig.waiting import wait_until_async

RUNNING, CANCELING, CANCELED = run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_CANCELING, run_pb2.RUN_STATE_CANCELED
SUCCEEDED, FAILED, QUEUED = run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_QUEUED


@dataclass
class Worker:
    """A worker that does what the test says."""

    plane: ControlPlane
    run_id: str
    launch_token: str
    epoch: int = 0
    run_token: str = ""

    @property
    def service(self) -> Any:
        return self.plane.stub(WorkerServiceStub, "coordinator")

    async def claim(self, launch_token: str = "", request_id: str = "") -> pb.ClaimRunResponse:
        request = pb.ClaimRunRequest(
            request_id=request_id or self.plane.ids.uuid7(),
            run_id=self.run_id,
            launch_token=launch_token or self.launch_token,
            worker="here pid 1",
        )
        claim: pb.ClaimRunResponse = await self.service.ClaimRun(request)
        self.epoch, self.run_token = claim.epoch, claim.run_token
        return claim

    async def claim_step(self, step_key: str) -> step_pb.ClaimStepResponse:
        service: Any = self.plane.stub(StepServiceStub, "coordinator")
        step = {**self._held(), "step_key": step_key, "attempt": 1}
        await service.OrderStep(step_pb.OrderStepRequest(**step))
        claim = step_pb.ClaimStepRequest(request_id=self.plane.ids.uuid7(), worker="there pid 2", **step)
        answer: step_pb.ClaimStepResponse = await service.ClaimStep(claim)
        return answer

    def _held(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "epoch": self.epoch, "run_token": self.run_token}

    async def beat(self) -> bool:
        answer = await self.service.Heartbeat(pb.HeartbeatRequest(**self._held()))
        return bool(answer.cancel_requested)

    async def report(self, batch: int, *events: Event) -> bool:
        request = pb.ReportEventsRequest(**self._held(), batch=batch, events=events)
        return bool((await self.service.ReportEvents(request)).cancel_requested)

    async def finish(self, state: int, **fields: Any) -> None:
        await self.service.FinishRun(pb.FinishRunRequest(**self._held(), state=state, **fields))  # type: ignore[arg-type]


@pytest.fixture
async def worker(start_control_plane: StartControlPlane) -> AsyncIterator[Worker]:
    plane = await start_control_plane(
        "storage",
        "coordinator",
        "launcher",
        leases=Leases(duration_seconds=7, renew_seconds=2),
        python_logs=PythonLogs(("chatty",), "INFO"),
    )
    location = ScriptedLocation([Definition(job=JobDefinition(name="sums"))])
    await plane.add_location("scripted", await location.serve())
    run = await plane.submit(job_name="sums")

    async def ordered() -> bool:
        return bool(location.started)

    await wait_until_async(ordered, what="a worker being asked for")
    yield Worker(plane, run.run_id, location.started[0].launch_token)
    await location.close()


async def reason(awaitable: Any) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        await awaitable
    return from_rpc_error(caught.value).reason


async def test_a_claim_is_answered_with_all_that_a_worker_needs(worker: Worker) -> None:
    claim = await worker.claim()
    assert claim.run.state == RUNNING
    assert claim.run.worker == "here pid 1"
    assert (claim.lease_ttl.seconds, claim.heartbeat_interval.seconds) == (7, 2)
    assert claim.compute_log_directory.endswith("compute_logs")
    assert claim.artifact_directory.endswith("storage")


async def test_the_claim_of_a_step_is_answered_with_what_that_of_its_run_was(worker: Worker) -> None:
    run, step = await worker.claim(), await worker.claim_step("elsewhere")
    assert step.python_logs == run.python_logs == pb.PythonLogs(managed_loggers=["chatty"], level="INFO")
    for field in (
        "lease_ttl",
        "heartbeat_interval",
        "compute_log_directory",
        "compute_log_manager",
        "artifact_directory",
    ):
        assert getattr(step, field) == getattr(run, field), field


async def test_of_two_workers_with_one_order_one_gets_the_run(worker: Worker) -> None:
    await worker.claim()
    other = Worker(worker.plane, worker.run_id, worker.launch_token)
    assert await reason(other.claim()) == "LEASE_LOST"
    assert await reason(other.claim(launch_token="guessed")) == "LEASE_LOST"
    other.epoch, other.run_token = worker.epoch, "guessed"
    assert await reason(other.beat()) == "LEASE_LOST"
    assert await reason(other.finish(SUCCEEDED)) == "LEASE_LOST"
    await worker.finish(SUCCEEDED)


async def test_reported_events_are_stored_once_and_counted(worker: Worker) -> None:
    await worker.claim()
    first = [Event(step_key="one", attempt=1, step_started=StepStarted())]
    assert await worker.report(1, *first) is False
    await worker.report(1, *first)
    await worker.report(2, Event(step_key="one", attempt=1, step_retry_scheduled=StepRetryScheduled()))
    done = Event(step_key="one", attempt=2, step_succeeded=StepSucceeded())
    await worker.finish(SUCCEEDED, batch=3, events=[done])
    kinds = [event.WhichOneof("detail") for event in await worker.plane.events(worker.run_id)]
    assert kinds[3:] == ["step_started", "step_retry_scheduled", "step_succeeded", "run_state_changed"]
    scrape = worker.plane.app.metrics.exposition().decode()
    assert "headrace_step_retries_total 1.0" in scrape
    assert 'headrace_runs_finished_total{job_name="sums",location="scripted",state="succeeded"} 1.0' in scrape
    assert "headrace_run_first_step_seconds_count 1.0" in scrape
    assert 'headrace_step_duration_seconds_count{outcome="succeeded"} 1.0' in scrape


@pytest.mark.proves("P6 P11", fault="F6", of="worker")
async def test_a_repeated_finish_is_answered_again(worker: Worker) -> None:
    await worker.claim()
    failure = Failure(type="ValueError", message="no")
    await worker.finish(FAILED, failure=failure)
    await worker.finish(FAILED, failure=failure)
    run = await worker.plane.run(worker.run_id)
    assert (run.state, run.failure.type) == (FAILED, "ValueError")
    assert await reason(worker.report(1)) == "LEASE_LOST"


@pytest.mark.proves("P13", fault="F7", of="coordinator worker")
async def test_what_is_repeated_is_counted_once(worker: Worker) -> None:
    for _ in range(2):
        await worker.claim(request_id="0197")
    succeeded = Event(step_key="a", step_succeeded=StepSucceeded())
    for _ in range(2):
        await worker.report(1, succeeded)
    for _ in range(2):
        await worker.finish(SUCCEEDED)
    page = worker.plane.app.metrics.exposition().decode()
    counted = re.findall(
        r"^headrace_(runs_finished_total|run_claim_seconds_count|step_duration_seconds_count)\S* (\S+)",
        page,
        re.MULTILINE,
    )
    assert sorted(counted) == [
        ("run_claim_seconds_count", "1.0"),
        ("runs_finished_total", "1.0"),
        ("step_duration_seconds_count", "1.0"),
    ]


async def test_a_cancel_reaches_the_worker_with_its_next_call(worker: Worker) -> None:
    await worker.claim()
    assert await worker.beat() is False
    request = CancelRunRequest(request_id=worker.plane.ids.uuid7(), run_id=worker.run_id)
    await worker.plane.coordinator.CancelRun(request)
    assert await worker.beat() is True
    assert await worker.report(1) is True
    await worker.finish(CANCELED)
    assert (await worker.plane.run(worker.run_id)).state == CANCELED


async def test_a_worker_that_finishes_before_it_hears_of_the_cancel_wins(worker: Worker) -> None:
    await worker.claim()
    request = CancelRunRequest(request_id=worker.plane.ids.uuid7(), run_id=worker.run_id)
    await worker.plane.coordinator.CancelRun(request)
    await worker.finish(SUCCEEDED)
    assert (await worker.plane.run(worker.run_id)).state == SUCCEEDED


async def test_a_worker_that_was_stopped_though_nobody_canceled_has_failed(worker: Worker) -> None:
    await worker.claim()
    await worker.finish(CANCELED)
    run = await worker.plane.run(worker.run_id)
    assert (run.state, run.failure.type) == (FAILED, "WORKER_STOPPED")


async def test_a_state_that_is_no_end_is_refused(worker: Worker) -> None:
    await worker.claim()
    assert await reason(worker.finish(QUEUED)) == "BAD_FIELD"
