"""What runs wait for, as far as it can be told of one run by itself. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from headrace.api.types.v1.pool_pb2 import Pool, PoolStep
from headrace.api.types.v1.run_pb2 import RUN_STATE_CANCELING, RUN_STATE_STARTING, Run
from headrace.api.types.v1.run_wait_pb2 import RUN_WAIT_KIND_POOL, RunWait
from headrace_services.coordinator.queue import Slots, Wait, WaitReason
from headrace_services.coordinator.queue_messages import queued_run


def waits_of_state(run: Run) -> list[Wait]:
    """Returns what a run that has left the queue waits for."""
    if run.state == RUN_STATE_STARTING:
        return [Wait(WaitReason.WORKER, f"start {run.attempt} was ordered; no worker has claimed it yet")]
    if run.state == RUN_STATE_CANCELING:
        return [
            Wait(WaitReason.CANCEL, f"its worker {run.worker} is to confirm that it is canceled".replace("  ", " "))
        ]
    return []


def waits_to_be_admitted(run: Run, slots: Slots, now: datetime) -> list[Wait]:
    """Returns what a queued run waits for; where nothing is in its way, that its turn is about to come."""
    until = run.hold_until_time.ToDatetime(tzinfo=timezone.utc)
    if run.HasField("hold_until_time") and until > now:
        why = f": {run.failure.message}" if run.failure.message else ""
        return [Wait(WaitReason.DELAY, f"it is started again in {(until - now).total_seconds():.0f} s{why}")]
    obstacle = slots.obstacle(queued_run(run))
    return [obstacle or Wait(WaitReason.TURN, "nothing is in its way: it is admitted after those before it")]


def waits_for_pools(steps: Sequence[PoolStep], pools: Mapping[str, Pool]) -> list[RunWait]:
    """Returns what a running run's steps wait for, pool by pool."""
    waiting: dict[str, list[str]] = {}
    for step in steps:
        waiting.setdefault(step.pool, []).append(step.step_key)
    return [_wait_for_pool(pools.get(name, Pool(name=name)), keys) for name, keys in waiting.items()]


def _wait_for_pool(pool: Pool, step_keys: Sequence[str]) -> RunWait:
    named = ", ".join(step_keys[:3]) + (f" and {len(step_keys) - 3} more" if len(step_keys) > 3 else "")
    limit = pool.limit if pool.HasField("limit") else None
    return RunWait(
        kind=RUN_WAIT_KIND_POOL,
        message=f"{named}: all {pool.held_count} slots of the pool {pool.name} are held",
        name=pool.name,
        limit=limit,
        used=pool.held_count,
        step_keys=step_keys,
    )
