"""The calls about schedules."""

from __future__ import annotations

from datetime import datetime, timezone

from headrace.api.gateway.v1 import schedule_service_pb2 as service
from headrace.client.automation import Evaluation, Schedule, Tick, read_evaluation, read_schedule, read_tick
from headrace.client.call import Call, Listing
from headrace.client.moments import timestamp
from headrace.client.run_calls import new_request_id

_SCHEDULES = "/headrace.api.gateway.v1.ScheduleService/"


def get_schedule(name: str, location_name: str) -> Call[Schedule]:
    """Reads one schedule."""
    request = service.GetScheduleRequest(schedule_name=name, location_name=location_name)
    return Call(
        f"{_SCHEDULES}GetSchedule", request, service.GetScheduleResponse, lambda answer: read_schedule(answer.schedule)
    )


def list_schedules(location_name: str) -> Listing[Schedule]:
    """Reads the schedules of all locations."""
    return Listing(
        f"{_SCHEDULES}ListSchedules",
        service.ListSchedulesRequest(location_name=location_name),
        service.ListSchedulesResponse,
        lambda page: [read_schedule(record) for record in page.schedules],
    )


def start_schedule(name: str, location_name: str) -> Call[Schedule]:
    """Switches a schedule on."""
    request = service.ResumeScheduleRequest(
        request_id=new_request_id(), schedule_name=name, location_name=location_name
    )
    return Call(
        f"{_SCHEDULES}ResumeSchedule",
        request,
        service.ResumeScheduleResponse,
        lambda answer: read_schedule(answer.schedule),
    )


def stop_schedule(name: str, location_name: str) -> Call[Schedule]:
    """Switches a schedule off."""
    request = service.PauseScheduleRequest(request_id=new_request_id(), schedule_name=name, location_name=location_name)
    return Call(
        f"{_SCHEDULES}PauseSchedule",
        request,
        service.PauseScheduleResponse,
        lambda answer: read_schedule(answer.schedule),
    )


def list_schedule_ticks(name: str, location_name: str) -> Listing[Tick]:
    """Reads a schedule's ticks, newest first."""
    return Listing(
        f"{_SCHEDULES}ListScheduleTicks",
        service.ListScheduleTicksRequest(schedule_name=name, location_name=location_name),
        service.ListScheduleTicksResponse,
        lambda page: [read_tick(tick) for tick in page.ticks],
    )


def preview_schedule(name: str, location_name: str, after: datetime | None, count: int) -> Call[list[datetime]]:
    """Lists the moments at which a schedule will be due."""
    request = service.PreviewScheduleTicksRequest(
        schedule_name=name, location_name=location_name, after_time=timestamp(after), page_size=count
    )
    return Call(
        f"{_SCHEDULES}PreviewScheduleTicks",
        request,
        service.PreviewScheduleTicksResponse,
        lambda answer: [moment.ToDatetime(tzinfo=timezone.utc) for moment in answer.due_times],
    )


def trigger_schedule(name: str, location_name: str, due_time: datetime | None, dry_run: bool) -> Call[Evaluation]:
    """Evaluates a schedule as if it were due."""
    request = service.TriggerScheduleRequest(
        request_id=new_request_id(),
        schedule_name=name,
        location_name=location_name,
        due_time=timestamp(due_time),
        dry_run=dry_run,
    )
    return Call(f"{_SCHEDULES}TriggerSchedule", request, service.TriggerScheduleResponse, read_evaluation)
