"""Schedules as callers see them: definition, what is kept, and when they are due."""

from __future__ import annotations

import asyncio

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.gateway.v1 import schedule_service_pb2 as pb
from headrace.api.scheduler.v1 import scheduler_service_pb2 as scheduler_pb2
from headrace.api.types.v1 import instigator_pb2, schedule_pb2
from headrace.errors import HeadraceError
from headrace.rpc.status import rpc_errors
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.instigators import Kept, effective_state, read_kept, ref_to
from headrace_services.gateway.pages import page_of, size_of
from headrace_services.gateway.stubs import Backends

_KIND = instigator_pb2.INSTIGATOR_KIND_SCHEDULE
_DEFAULT_SIZE, _LARGEST_SIZE = 100, 1000


async def find_schedule(catalog: Catalog, name: str, location_name: str) -> tuple[str, schedule_pb2.ScheduleDefinition]:
    """Returns a schedule's location and definition."""
    return await catalog.find("schedule", name, location_name, lambda location: location.schedules)


async def list_schedules(
    request: pb.ListSchedulesRequest, catalog: Catalog, backends: Backends
) -> pb.ListSchedulesResponse:
    """Returns a page of schedules by location and name."""
    defined = {
        (location.name, name): definition
        for location in await catalog.definitions(request.location_name)
        for name, definition in location.schedules.items()
    }
    size = size_of(request.page_size, _DEFAULT_SIZE, _LARGEST_SIZE)
    page, token = page_of(sorted(defined), (request.location_name,), size, request.page_token)
    kept = await read_kept(backends, _KIND, [location_name for location_name, _ in page])
    records = await asyncio.gather(
        *(schedule_record(backends, location_name, defined[location_name, name], kept) for location_name, name in page)
    )
    return pb.ListSchedulesResponse(schedules=records, next_page_token=token)


async def schedule_record(
    backends: Backends, location_name: str, definition: schedule_pb2.ScheduleDefinition, kept: Kept | None = None
) -> pb.ScheduleRecord:
    """Returns a schedule as callers see it."""
    if kept is None:
        kept = await read_kept(backends, _KIND, [location_name])
    instigator = kept.get((location_name, definition.name))
    said = instigator.state if instigator else instigator_pb2.INSTIGATOR_STATE_UNSPECIFIED
    state = effective_state(said, definition.default_state)
    running = state == instigator_pb2.INSTIGATOR_STATE_RUNNING
    return pb.ScheduleRecord(
        location_name=location_name,
        definition=definition,
        instigator=instigator,
        state=state,
        next_due_time=await _next_due_time(backends, location_name, definition.name) if running else None,
    )


async def _next_due_time(backends: Backends, location_name: str, name: str) -> Timestamp | None:
    request = scheduler_pb2.PreviewTicksRequest(ref=ref_to(_KIND, location_name, name), page_size=1)
    try:
        with rpc_errors():
            answer = await backends.scheduler.PreviewTicks(request)
    except HeadraceError:
        # A scheduler that is down must not hide what the schedules are.
        return None
    return answer.due_times[0] if answer.due_times else None
