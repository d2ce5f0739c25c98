"""ExplainRuns: tell what runs wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from headrace.api.coordinator.v1.coordinator_service_pb2 import ExplainRunsRequest, ExplainRunsResponse
from headrace.api.storage.v1.pool_service_pb2 import ListPoolStepsRequest
from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest, GetQueueResponse
from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest
from headrace.api.types.v1.pool_pb2 import PoolStep
from headrace.api.types.v1.run_pb2 import RUN_STATE_QUEUED, RUN_STATE_RUNNING, Run
from headrace.errors import InvalidArgumentError, NotFoundError
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.queue.deciding import Slots
from headrace_services.coordinator.queue.explaining import Surroundings, explain
from headrace_services.coordinator.queue.messages import active_run, pool_uses

_MOST_RUNS = 100
_MOST_STEPS = 1_000


async def explain_runs(request: ExplainRunsRequest, coordinator: Coordinator) -> ExplainRunsResponse:
    """Answers for each run that is there: as limits, pools and locations are now."""
    if len(request.run_ids) > _MOST_RUNS:
        raise InvalidArgumentError(
            violations={"run_ids": f"{len(request.run_ids)} are too many, at most {_MOST_RUNS} fit"}
        )
    with rpc_errors("storage"):
        found = await asyncio.gather(*(_find(run_id, coordinator) for run_id in request.run_ids))
        runs = [run for run in found if run is not None]
        surroundings = await _surroundings(runs, coordinator)
    return ExplainRunsResponse(explanations=[explain(run, surroundings) for run in runs])


async def _find(run_id: str, coordinator: Coordinator) -> Run | None:
    try:
        with rpc_errors("storage"):
            return (await coordinator.storage.runs.GetRun(GetRunRequest(run_id=run_id))).run
    except NotFoundError:
        return None


async def _surroundings(runs: Sequence[Run], coordinator: Coordinator) -> Surroundings:
    """Reads what these runs may wait for, and nothing if none of them waits."""
    queued = [run for run in runs if run.state == RUN_STATE_QUEUED]
    running = [run.run_id for run in runs if run.state == RUN_STATE_RUNNING and run.pools]
    # The place of one run is counted; for a page of them it would cost too much.
    alone = queued[0].run_id if queued and len(runs) == 1 else ""
    queue = await _queue(coordinator, alone) if queued or running else GetQueueResponse()
    slots = Slots(
        coordinator.settings.limits,
        map(active_run, queue.active_runs),
        coordinator.registry.obstacle,
        pool_uses(queue.pools),
        coordinator.refuse,
    )
    return Surroundings(
        slots=slots,
        pools={pool.name: pool for pool in queue.pools},
        steps=[step for step in await _steps(running, coordinator) if not step.held] if running else [],
        now=coordinator.clock.now(),
        runs_ahead=queue.runs_ahead if alone else None,
    )


async def _queue(coordinator: Coordinator, position_of: str) -> GetQueueResponse:
    request = GetQueueRequest(max_queued_runs=1, without_count=True, position_of_run_id=position_of)
    return await coordinator.storage.queue.GetQueue(request)


async def _steps(run_ids: Sequence[str], coordinator: Coordinator) -> Sequence[PoolStep]:
    request = ListPoolStepsRequest(run_ids=run_ids, page_size=_MOST_STEPS)
    return (await coordinator.storage.pools.ListPoolSteps(request)).steps
