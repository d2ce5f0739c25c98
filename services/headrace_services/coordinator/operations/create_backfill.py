"""CreateBackfill: find out which partitions are meant, and store what is to be made."""

from __future__ import annotations

from headrace.api.codeloc.v1.backfill_plan_service_pb2 import PlanBackfillRequest, PlanBackfillResponse
from headrace.api.coordinator.v1.coordinator_service_pb2 import CreateBackfillRequest, CreateBackfillResponse
from headrace.api.storage.v1 import backfill_store_service_pb2 as store_pb
from headrace.api.types.v1.automation_state_pb2 import PartitionSubset
from headrace.api.types.v1.backfill_pb2 import Backfill
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import FailedPreconditionError, InvalidArgumentError, LocationUnreachableError
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.backfills.dynamic_sets import read_dynamic_sets
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.runs.identity import uuid_of
from headrace_services.coordinator.runs.targets import Target, resolve_when_known
from headrace_services.coordinator.stubs import backfill_plan

_FEATURE = "backfills"
_PLAN_SECONDS = 60.0


async def create_backfill(request: CreateBackfillRequest, coordinator: Coordinator) -> CreateBackfillResponse:
    """Stores a backfill; its first step is taken at once."""
    backfill = Backfill()
    backfill.CopyFrom(request.backfill)
    request_id = request.request_id or coordinator.ids.uuid7()
    # A repeat must name the same one, whichever coordinator it comes to.
    backfill.backfill_id = backfill.backfill_id or uuid_of(request_id)
    if not backfill.retry_of_id:
        await _plan(request, backfill, coordinator)
    store = store_pb.CreateBackfillRequest(request_id=request_id, backfill=backfill)
    with rpc_errors("storage"):
        answer = await coordinator.storage.backfills.CreateBackfill(store)
    return CreateBackfillResponse(backfill=answer.backfill)


async def _plan(request: CreateBackfillRequest, backfill: Backfill, coordinator: Coordinator) -> None:
    wanted = Run(
        location_name=backfill.location_name, job_name=backfill.job_name, asset_selection=request.asset_selection
    )
    target = await resolve_when_known(coordinator.registry, wanted, coordinator.clock)
    backfill.location_name = target.entry.name
    answer = await _ask(request, backfill, target, coordinator)
    if answer.HasField("failure"):
        raise InvalidArgumentError(violations={"partitions": f"{answer.failure.type}: {answer.failure.message}"})
    del backfill.targets[:]
    backfill.targets.extend(answer.targets)
    if not any(_names_something(each.subset) for each in backfill.targets):
        raise InvalidArgumentError(violations={"partitions": "there is none that could be made"})


async def _ask(
    request: CreateBackfillRequest, backfill: Backfill, target: Target, coordinator: Coordinator
) -> PlanBackfillResponse:
    entry = target.entry
    if entry.obstacle():
        raise LocationUnreachableError(f"code location {entry.name!r} {entry.obstacle()}")
    if _FEATURE not in entry.features:
        raise FailedPreconditionError(
            f"code location {entry.name!r} cannot be backfilled: its server lacks the feature {_FEATURE!r}"
        )
    plan = PlanBackfillRequest(
        job_name=backfill.job_name,
        asset_selection=request.asset_selection,
        partitions=request.partitions,
        dynamic_partitions=await read_dynamic_sets(target.snapshot, backfill.job_name, coordinator.storage),
    )
    with rpc_errors(entry.address):
        return await backfill_plan(coordinator.peers.connect(entry.address)).PlanBackfill(plan, timeout=_PLAN_SECONDS)


def _names_something(subset: PartitionSubset) -> bool:
    return bool(subset.whole or subset.ranges or subset.partition_keys)
