"""The queue between messages and values."""

from __future__ import annotations

from collections.abc import Iterable

from headrace.api.types.v1.pool_pb2 import Pool
from headrace.api.types.v1.run_pb2 import RUN_STATE_STARTING, Run
from headrace.api.types.v1.run_wait_pb2 import RunWait, RunWaitKind
from headrace_services.coordinator.queue.deciding import ActiveRun, PoolUse, QueuedRun, Wait
from headrace_services.coordinator.runs.tags import tags_of


def queued_run(run: Run) -> QueuedRun:
    """Returns what decisions look at of a run that waits."""
    return QueuedRun(
        run.run_id,
        run.location_name,
        run.priority,
        (run.create_time.seconds, run.create_time.nanos),
        tags_of(run.tags),
        tuple(run.pools),
        tuple(run.start_pools),
        run.queue_group,
    )


def active_run(run: Run) -> ActiveRun:
    """Returns what decisions look at of a run in progress."""
    # Once it has a worker, its steps are among those that storage counts.
    start_pools = tuple(run.start_pools) if run.state == RUN_STATE_STARTING else ()
    return ActiveRun(tags_of(run.tags), tuple(run.pools), start_pools)


def pool_uses(pools: Iterable[Pool]) -> dict[str, PoolUse]:
    """Returns pools by name."""
    return {
        pool.name: PoolUse(pool.limit if pool.HasField("limit") else None, pool.held_count + pool.waiting_count)
        for pool in pools
    }


def wait_message(wait: Wait) -> RunWait:
    """Returns what a run waits for as the contract says it."""
    return RunWait(
        kind=RunWaitKind.Value(f"RUN_WAIT_KIND_{wait.reason.name}"),
        message=wait.message,
        name=wait.name,
        value=wait.value,
        limit=wait.limit,
        used=wait.used,
    )
