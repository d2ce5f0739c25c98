"""Steps of pools in a worker: who says which of them have slots, and what becomes of those that wait."""

from __future__ import annotations

import threading
from typing import Any

import grpc

from headrace.api.types.v1 import run_pb2
from headrace.api.worker.v1 import worker_service_pb2 as pb
from rig.coordinator import RecordingCoordinator
from rig.location import StartLocation

CODE = """
    from headrace import in_process_executor, job, op

    @op(pool="db")
    def first():
        return 1

    @op(pool="db")
    def second(value):
        return value

    @job(executor_def=in_process_executor)
    def chain():
        second(first())
"""


class Sharing:
    """Answers claims as a test wants, and remembers them."""

    def __init__(self, *answers: bool) -> None:
        self.rounds: list[tuple[int, list[str]]] = []
        self._answers = list(answers)
        self._lock = threading.Lock()

    def __call__(self, request: pb.ClaimPoolSlotsRequest, context: grpc.ServicerContext) -> pb.ClaimPoolSlotsResponse:
        with self._lock:
            keys = [demand.step_key for demand in request.demands]
            self.rounds.append((request.round, keys))
            grants = self._answers.pop(0) if self._answers else True
        return pb.ClaimPoolSlotsResponse(step_keys=keys if grants else [])


def run_chain(start_location: StartLocation, coordinator: RecordingCoordinator) -> Any:
    location = start_location(CODE)
    coordinator.add("run-1", "chain", priority=7)
    location.start_worker(coordinator.address, "run-1", "chain")
    return coordinator.wait_finished("run-1")


def test_a_step_that_waits_starts_when_it_is_granted_and_gives_its_slot_back(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    sharing = coordinator.share = Sharing(False)
    run = run_chain(start_location, coordinator)
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
    assert [note.message for note in run.of_kind("engine_noted")] == ["Waits for a slot of the pool db."]
    said = [keys for _, keys in sharing.rounds]
    assert said[0] == ["first"]
    assert ["second"] in said
    assert all(len(keys) <= 1 for keys in said)
    # What was said first may be heard last: the numbers tell.
    assert {number: keys for number, keys in sharing.rounds}[1] == ["first"]
    assert max(sharing.rounds)[1] in (["second"], [])


def test_a_coordinator_that_leaves_while_a_step_waits_costs_nothing_but_time(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    codes = [grpc.StatusCode.CANCELLED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE]

    def share(request: pb.ClaimPoolSlotsRequest, context: grpc.ServicerContext) -> pb.ClaimPoolSlotsResponse:
        if codes:
            context.abort(codes.pop(0), "leaving")
        # What a run asks for goes before what its steps do.
        assert {demand.priority for demand in request.demands} <= {7}
        return pb.ClaimPoolSlotsResponse(step_keys=[demand.step_key for demand in request.demands])

    coordinator.share = share
    run = run_chain(start_location, coordinator)
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
    assert not codes


def test_a_run_that_is_canceled_while_its_step_waits_asks_no_more(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    asked: list[int] = []

    def share(request: pb.ClaimPoolSlotsRequest, context: grpc.ServicerContext) -> pb.ClaimPoolSlotsResponse:
        asked.append(request.round)
        return pb.ClaimPoolSlotsResponse(cancel_requested=len(asked) > 1)

    coordinator.share = share
    run = run_chain(start_location, coordinator)
    assert run.state == run_pb2.RUN_STATE_CANCELED
    assert len(asked) == 2


def test_a_coordinator_that_knows_no_pools_holds_nothing_up(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    run = run_chain(start_location, coordinator)
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
