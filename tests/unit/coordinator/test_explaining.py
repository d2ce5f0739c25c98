"""What a run waits for is told by its state, the limits, the pools and the moment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from headrace.api.types.v1 import run_wait_pb2
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.pool_pb2 import Pool, PoolStep
from headrace.api.types.v1.run_pb2 import Run
from headrace_services.coordinator.queue.deciding import ActiveRun, Limits, Slots
from headrace_services.coordinator.queue.explaining import Surroundings, explain
from headrace_services.coordinator.runs.transitions import RunState

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def surroundings(
    limits: Limits | None = None, active: int = 0, steps: tuple[PoolStep, ...] = (), ahead: int | None = None
) -> Surroundings:
    slots = Slots(limits or Limits(-1), [ActiveRun() for _ in range(active)], lambda name: "")
    return Surroundings(slots, {"db": Pool(name="db", limit=2, held_count=2)}, steps, NOW, ahead)


def test_a_queued_run_waits_for_a_limit_or_for_its_turn() -> None:
    run = Run(run_id="a", state=RunState.QUEUED.value)  # type: ignore[arg-type]
    free = explain(run, surroundings(ahead=3))
    assert [wait.kind for wait in free.waits] == [run_wait_pb2.RUN_WAIT_KIND_TURN]
    assert free.runs_ahead == 3
    held = explain(run, surroundings(Limits(1), active=1))
    assert [(wait.kind, wait.limit, wait.used) for wait in held.waits] == [(run_wait_pb2.RUN_WAIT_KIND_RUN_LIMIT, 1, 1)]
    assert not held.HasField("runs_ahead")


def test_a_run_that_is_held_back_says_until_when_and_why() -> None:
    run = Run(run_id="a", state=RunState.QUEUED.value, failure=Failure(message="no worker came"))  # type: ignore[arg-type]
    run.hold_until_time.FromDatetime(NOW + timedelta(seconds=30))
    (wait,) = explain(run, surroundings()).waits
    assert (wait.kind, wait.message) == (
        run_wait_pb2.RUN_WAIT_KIND_DELAY,
        "it is started again in 30 s: no worker came",
    )
    assert wait.until_time == run.hold_until_time
    run.hold_until_time.FromDatetime(NOW)
    assert explain(run, surroundings()).waits[0].kind == run_wait_pb2.RUN_WAIT_KIND_TURN


def test_a_running_run_waits_for_the_pools_of_its_own_steps() -> None:
    steps = tuple(PoolStep(run_id="a", step_key=key, pool="db") for key in "wxyz")
    other = PoolStep(run_id="b", step_key="v", pool="db")
    run = Run(run_id="a", state=RunState.RUNNING.value)  # type: ignore[arg-type]
    (wait,) = explain(run, surroundings(steps=(*steps, other))).waits
    assert (wait.name, wait.limit, wait.used, list(wait.step_keys)) == ("db", 2, 2, ["w", "x", "y", "z"])
    assert wait.message == "w, x, y and 1 more: all 2 slots of the pool db are held"


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (RunState.STARTING, run_wait_pb2.RUN_WAIT_KIND_WORKER),
        (RunState.CANCELING, run_wait_pb2.RUN_WAIT_KIND_CANCEL),
    ],
)
def test_what_left_the_queue_waits_for_its_worker(state: RunState, kind: int) -> None:
    run = Run(run_id="a", state=state.value, worker="here pid 7")  # type: ignore[arg-type]
    assert [wait.kind for wait in explain(run, surroundings()).waits] == [kind]


@pytest.mark.parametrize("state", [RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELED, RunState.RUNNING])
def test_what_is_over_or_gets_on_waits_for_nothing(state: RunState) -> None:
    assert not explain(Run(run_id="a", state=state.value), surroundings()).waits  # type: ignore[arg-type]
