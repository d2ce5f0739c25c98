"""SubmitRun: check a run and queue it."""

from __future__ import annotations

from collections.abc import Sequence

from headrace import faults
from headrace.api.coordinator.v1.coordinator_service_pb2 import SubmitRunRequest, SubmitRunResponse
from headrace.api.storage.v1.run_store_service_pb2 import CreateRunRequest
from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange
from headrace.api.types.v1.run_pb2 import Run
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.runs.completing import complete, place
from headrace_services.coordinator.runs.dynamic_keys import check_dynamic_keys
from headrace_services.coordinator.runs.identity import run_id_of
from headrace_services.coordinator.runs.planning import Pools, check_plan, needs_plan
from headrace_services.coordinator.runs.targets import resolve_when_known


async def submit_run(request: SubmitRunRequest, coordinator: Coordinator) -> SubmitRunResponse:
    """Checks the run and queues it; the loop that admits it is called up before the answer leaves."""
    request_id = request.request_id or coordinator.ids.uuid7()
    run = await prepared(request.run, run_id_of(request_id, request.run), coordinator)
    return await queue_run(request_id, run, coordinator, coordinator.settings.max_queued_runs)


async def prepared(
    run: Run, run_id: str, coordinator: Coordinator, changes: Sequence[DynamicPartitionsChange] = ()
) -> Run:
    """Returns the run complete and checked.

    Args:
        run: What is asked for.
        run_id: Its id.
        coordinator: Whom to ask.
        changes: Changes of dynamic partitions that are made with it.

    Raises:
        ServiceError: what is wrong with it.
    """
    target = await resolve_when_known(coordinator.registry, run, coordinator.clock)
    completed = complete(run, run_id, target)
    await check_dynamic_keys(completed, target, coordinator.storage, changes)
    pools = Pools.of_job(target.job)
    if needs_plan(completed, target):
        pools = await check_plan(completed, target, coordinator.peers)
    place(completed, pools, coordinator.settings.limits)
    coordinator.settings.launchers.assign(completed, target.entry.launch_spec)
    return completed


async def queue_run(request_id: str, run: Run, coordinator: Coordinator, most_queued: int) -> SubmitRunResponse:
    """Stores a complete run as QUEUED, unless so many wait already; 0 for any number."""
    answer = await coordinator.storage.runs.CreateRun(
        CreateRunRequest(request_id=request_id, run=run, max_queued_runs=most_queued)
    )
    coordinator.wake_queue()
    if answer.created:
        coordinator.metrics.submitted(answer.run)
    faults.point("coordinator.before_reply")
    return SubmitRunResponse(run=answer.run, created=answer.created)
