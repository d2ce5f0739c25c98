"""Asking a sensor which runs are called for since its cursor."""

from __future__ import annotations

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.wire.moments import from_timestamp
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.log_lines import LogLines
from headrace_codeloc.evaluate.requests import checked_requests


def evaluate_sensor(request: pb.EvaluateSensorRequest, location: LoadedLocation) -> pb.EvaluateSensorResponse:
    """Returns what the sensor decides."""
    sensor = location.sensor(request.sensor_name)
    log = LogLines()
    last_tick = from_timestamp(request.last_tick_time).timestamp() if request.HasField("last_tick_time") else None
    context = SensorEvaluationContext(
        cursor=request.cursor or None,
        last_run_key=request.last_run_key or None,
        last_tick_completion_time=last_tick,
        sensor_name=sensor.name,
        resources=location.definitions.resource_defs,
        log=log.logger(sensor.name),
        definitions=location.definitions,
    )
    with context:
        tick = sensor.evaluate_tick(context)
    return pb.EvaluateSensorResponse(
        run_requests=checked_requests(tick.run_requests),
        skip_message=tick.skip_message or "",
        cursor=tick.cursor,
        log_lines=log.lines,
    )
