"""Asking a schedule which runs a moment calls for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.definitions.schedules.context import ScheduleEvaluationContext
from headrace.errors import ServiceError
from headrace.wire.moments import from_timestamp
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.failures import RAISED, failure_of
from headrace_codeloc.evaluate.instance_at_hand import InstanceAtHand
from headrace_codeloc.evaluate.log_lines import LogLines
from headrace_codeloc.evaluate.requests import checked_requests


def evaluate_schedule(request: pb.EvaluateScheduleRequest, location: LoadedLocation) -> pb.EvaluateScheduleResponse:
    """Returns what the schedule decides."""
    schedule = location.schedule(request.schedule_name)
    log = LogLines()
    context = ScheduleEvaluationContext(
        from_timestamp(request.due_time).astimezone(ZoneInfo(schedule.time_zone)),
        schedule_name=schedule.name,
        resources=location.definitions.resource_defs,
        instance=InstanceAtHand(),
        log=log.logger(schedule.name),
        definitions=location.definitions,
    )
    try:
        with context:
            tick = schedule.evaluate_tick(context)
    except ServiceError:
        raise
    except RAISED as error:
        return pb.EvaluateScheduleResponse(failure=failure_of(error), log_lines=log.lines)
    return pb.EvaluateScheduleResponse(
        run_requests=checked_requests(tick.run_requests), skip_message=tick.skip_message or "", log_lines=log.lines
    )
