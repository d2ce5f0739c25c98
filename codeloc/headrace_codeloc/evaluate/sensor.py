"""Asking a sensor which runs are called for: since its cursor, or by a run that has reached a state."""

from __future__ import annotations

import logging
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.run_status_sensor import RunStatusSensorContext, RunStatusSensorDefinition
from headrace.definitions.sensors.sensor import SensorDefinition, SensorTickData
from headrace.errors import ServiceError
from headrace.wire.automation import to_partition_changes
from headrace.wire.moments import from_timestamp
from headrace.wire.recorded import from_event, from_run
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.asset_events import to_asset_event
from headrace_codeloc.evaluate.automation import evaluate_conditions
from headrace_codeloc.evaluate.failures import RAISED, failure_of
from headrace_codeloc.evaluate.instance_at_hand import InstanceAtHand
from headrace_codeloc.evaluate.log_lines import LogLines
from headrace_codeloc.evaluate.requests import checked_requests


def evaluate_sensor(request: pb.EvaluateSensorRequest, location: LoadedLocation) -> pb.EvaluateSensorResponse:
    """Returns what the sensor decides."""
    sensor = location.sensor(request.sensor_name)
    if isinstance(sensor, AutomationConditionSensorDefinition):
        return evaluate_conditions(request, sensor, location)
    log = LogLines()
    try:
        tick = _tick(sensor, request, location, log.logger(sensor.name))
    except ServiceError:
        raise
    except RAISED as error:
        return pb.EvaluateSensorResponse(failure=failure_of(error), log_lines=log.lines)
    return pb.EvaluateSensorResponse(
        run_requests=checked_requests(tick.run_requests),
        skip_message=tick.skip_message or "",
        cursor=tick.cursor,
        log_lines=log.lines,
        partition_changes=to_partition_changes(tick.dynamic_partitions_requests),
        asset_events=[to_asset_event(event) for event in tick.asset_events],
    )


def _tick(
    sensor: SensorDefinition, request: pb.EvaluateSensorRequest, location: LoadedLocation, log: logging.Logger
) -> SensorTickData:
    if isinstance(sensor, RunStatusSensorDefinition) and request.HasField("run"):
        return _about_a_run(sensor, request, location, log)
    return _since_the_cursor(sensor, request, location, log)


def _about_a_run(
    sensor: RunStatusSensorDefinition, request: pb.EvaluateSensorRequest, location: LoadedLocation, log: logging.Logger
) -> SensorTickData:
    context = RunStatusSensorContext(
        sensor_name=sensor.name,
        dagster_run=from_run(request.run),
        dagster_event=from_event(request.run_event),
        step_failures=[found for event in request.step_failures if (found := from_event(event)) is not None],
        instance=InstanceAtHand(),
        log=log,
        **_surroundings(location),
    )
    with context:
        return sensor.evaluate_run(context)


def _since_the_cursor(
    sensor: SensorDefinition, request: pb.EvaluateSensorRequest, location: LoadedLocation, log: logging.Logger
) -> SensorTickData:
    context = SensorEvaluationContext(
        cursor=request.cursor or None,
        last_run_key=request.last_run_key or None,
        last_tick_completion_time=_seconds(request.last_tick_time),
        last_sensor_start_time=_seconds(request.active_since_time),
        sensor_name=sensor.name,
        instance=InstanceAtHand(sensor.watched_keys, request.asset_records),
        log=log,
        **_surroundings(location),
    )
    with context:
        return sensor.evaluate_tick(context)


def _surroundings(location: LoadedLocation) -> dict[str, Any]:
    return {"resources": location.definitions.resource_defs, "definitions": location.definitions}


def _seconds(moment: Timestamp) -> float | None:
    return from_timestamp(moment).timestamp() if moment.ByteSize() else None
