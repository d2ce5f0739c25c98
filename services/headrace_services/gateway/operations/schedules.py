"""Schedules as callers see them: definition, what is kept, and when they are due."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.gateway.v1 import schedule_service_pb2 as pb
from headrace.api.types.v1 import instigator_pb2, schedule_pb2
from headrace.definitions.schedules.cron import due_times, next_due
from headrace.errors import HeadraceError
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.instigators import Kept, effective_state, read_kept
from headrace_services.gateway.pages import page_of, size_of
from headrace_services.gateway.stubs import Backends

_KIND = instigator_pb2.INSTIGATOR_KIND_SCHEDULE
_DEFAULT_SIZE, _LARGEST_SIZE = 100, 1000
_DEFAULT_PREVIEW = 10


async def find_schedule(catalog: Catalog, name: str, location_name: str) -> tuple[str, schedule_pb2.ScheduleDefinition]:
    """Returns a schedule's location and definition."""
    return await catalog.find("schedule", name, location_name, lambda location: location.schedules)


async def list_schedules(
    request: pb.ListSchedulesRequest, catalog: Catalog, backends: Backends, now: datetime
) -> pb.ListSchedulesResponse:
    """Returns a page of schedules by location and name."""
    defined = {
        (location.name, name): definition
        for location in await catalog.definitions(request.location_name)
        for name, definition in location.schedules.items()
    }
    size = size_of(request.page_size, _DEFAULT_SIZE, _LARGEST_SIZE)
    page, token = page_of(sorted(defined), (request.location_name,), size, request.page_token)
    kept = await read_kept(backends, _KIND, page)
    records = [schedule_record(location_name, defined[location_name, name], kept, now) for location_name, name in page]
    return pb.ListSchedulesResponse(schedules=records, next_page_token=token)


async def read_schedule(
    backends: Backends, location_name: str, definition: schedule_pb2.ScheduleDefinition, now: datetime
) -> pb.ScheduleRecord:
    """Returns one schedule as callers see it."""
    return schedule_record(
        location_name, definition, await read_kept(backends, _KIND, [(location_name, definition.name)]), now
    )


def schedule_record(
    location_name: str, definition: schedule_pb2.ScheduleDefinition, kept: Kept, now: datetime
) -> pb.ScheduleRecord:
    """Returns a schedule as callers see it."""
    instigator = kept.get((location_name, definition.name))
    said = instigator.state if instigator else instigator_pb2.INSTIGATOR_STATE_UNSPECIFIED
    state = effective_state(said, definition.default_state)
    running = state == instigator_pb2.INSTIGATOR_STATE_RUNNING
    return pb.ScheduleRecord(
        location_name=location_name,
        definition=definition,
        instigator=instigator,
        state=state,
        next_due_time=_next_due_time(definition, now) if running else None,
        awaited_time=_awaited_time(definition, instigator) if running and instigator else None,
    )


def preview_ticks(
    definition: schedule_pb2.ScheduleDefinition, after: datetime, page_size: int
) -> pb.PreviewScheduleTicksResponse:
    """Returns the next moments at which a schedule is due."""
    size = size_of(page_size, _DEFAULT_PREVIEW, _LARGEST_SIZE)
    found = due_times(list(definition.cron_expressions), definition.time_zone or "UTC", after)
    return pb.PreviewScheduleTicksResponse(due_times=[_timestamp(due) for due in islice(found, size)])


def _awaited_time(
    definition: schedule_pb2.ScheduleDefinition, instigator: instigator_pb2.Instigator
) -> Timestamp | None:
    # What was due while it was off does not count, so both moments matter.
    since = [getattr(instigator, name) for name in ("last_tick_time", "active_since_time") if instigator.HasField(name)]
    if not since:
        return None
    return _next_due_time(definition, max(each.ToDatetime(timezone.utc) for each in since))


def _next_due_time(definition: schedule_pb2.ScheduleDefinition, now: datetime) -> Timestamp | None:
    # Computed here and not asked for: whoever looks schedules over should not have to wait for the scheduler.
    try:
        due = next_due(list(definition.cron_expressions), definition.time_zone or "UTC", now)
    except HeadraceError:
        # Definitions are checked where they are made; a server of another language may have let this one pass.
        return None
    return _timestamp(due)


def _timestamp(moment: datetime) -> Timestamp:
    time = Timestamp()
    time.FromDatetime(moment)
    return time
