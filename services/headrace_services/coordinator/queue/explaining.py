"""What runs wait for. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from headrace.api.types.v1.pool_pb2 import Pool, PoolStep
from headrace.api.types.v1.run_pb2 import (
    RUN_STATE_CANCELING,
    RUN_STATE_QUEUED,
    RUN_STATE_RUNNING,
    RUN_STATE_STARTING,
    Run,
)
from headrace.api.types.v1.run_wait_pb2 import RUN_WAIT_KIND_POOL, RunExplanation, RunWait
from headrace_services.coordinator.queue.deciding import Slots, Wait, WaitReason
from headrace_services.coordinator.queue.messages import queued_run, wait_message

_STEPS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What runs may wait for, at one moment.

    Attributes:
        slots: What is in use of each limit.
        pools: The pools that are limited or in use, by name.
        steps: The steps that wait for slots of pools.
        now: The moment.
        runs_ahead: How many go before the one run that was asked about; None where that was not counted.
    """

    slots: Slots
    pools: Mapping[str, Pool]
    steps: Sequence[PoolStep]
    now: datetime
    runs_ahead: int | None = None


def explain(run: Run, surroundings: Surroundings) -> RunExplanation:
    """Returns what a run waits for; nothing where it gets on, or is over."""
    explanation = RunExplanation(run_id=run.run_id, state=run.state)
    if run.state == RUN_STATE_QUEUED:
        explanation.waits.append(_waits_in_queue(run, surroundings))
        if surroundings.runs_ahead is not None:
            explanation.runs_ahead = surroundings.runs_ahead
    elif run.state == RUN_STATE_RUNNING:
        mine = [step for step in surroundings.steps if step.run_id == run.run_id]
        explanation.waits.extend(_waits_for_pools(mine, surroundings.pools))
    elif run.state == RUN_STATE_STARTING:
        message = f"start {run.attempt} was ordered; no worker has claimed it yet"
        explanation.waits.append(wait_message(Wait(WaitReason.WORKER, message)))
    elif run.state == RUN_STATE_CANCELING:
        worker = f"its worker {run.worker}" if run.worker else "its worker"
        message = f"{worker} is to confirm that it is canceled"
        explanation.waits.append(wait_message(Wait(WaitReason.CANCEL, message)))
    return explanation


def _waits_in_queue(run: Run, surroundings: Surroundings) -> RunWait:
    until = run.hold_until_time.ToDatetime(tzinfo=timezone.utc)
    if run.HasField("hold_until_time") and until > surroundings.now:
        why = f": {run.failure.message}" if run.failure.message else ""
        message = f"it is started again in {(until - surroundings.now).total_seconds():.0f} s{why}"
        wait = wait_message(Wait(WaitReason.DELAY, message))
        wait.until_time.CopyFrom(run.hold_until_time)
        return wait
    obstacle = surroundings.slots.obstacle(queued_run(run))
    return wait_message(
        obstacle or Wait(WaitReason.TURN, "nothing is in its way: it is admitted after those before it")
    )


def _waits_for_pools(steps: Sequence[PoolStep], pools: Mapping[str, Pool]) -> list[RunWait]:
    waiting: dict[str, list[str]] = {}
    for step in steps:
        waiting.setdefault(step.pool, []).append(step.step_key)
    return [_wait_for_pool(pools.get(name, Pool(name=name)), keys) for name, keys in waiting.items()]


def _wait_for_pool(pool: Pool, step_keys: Sequence[str]) -> RunWait:
    more = len(step_keys) - _STEPS_NAMED
    named = ", ".join(step_keys[:_STEPS_NAMED]) + (f" and {more} more" if more > 0 else "")
    return RunWait(
        kind=RUN_WAIT_KIND_POOL,
        message=f"{named}: all {pool.held_count} slots of the pool {pool.name} are held",
        name=pool.name,
        limit=pool.limit if pool.HasField("limit") else None,
        used=pool.held_count,
        step_keys=step_keys,
    )
