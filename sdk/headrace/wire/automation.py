"""Schedules and sensors, and what they decide."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.api.types.v1 import instigator_pb2 as pb
from headrace.api.types.v1 import run_pb2, sensor_pb2
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition as ScheduleMessage
from headrace.api.types.v1.sensor_pb2 import SensorDefinition as SensorMessage
from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition
from headrace.definitions.automation.run_request import RunRequest
from headrace.definitions.partitions.requests import AddDynamicPartitionsRequest
from headrace.definitions.schedules.schedule import DefaultScheduleStatus, ScheduleDefinition
from headrace.definitions.sensors.run_selectors import RunSelector
from headrace.definitions.sensors.run_status_sensor import RunStatusSensorDefinition
from headrace.definitions.sensors.sensor import DefaultSensorStatus, DynamicPartitionsRequest, SensorDefinition
from headrace.errors import InvalidArgumentError
from headrace.wire.asset_keys import to_asset_keys, to_check_key
from headrace.wire.automation_conditions import to_selection
from headrace.wire.metadata import to_metadata
from headrace.wire.moments import to_duration
from headrace.wire.payloads import to_json_payload
from headrace.wire.tags import to_tags

LEAST_INTERVAL_SECONDS = 1.0
_LARGEST_FIXED_REQUEST = 16_384


def to_schedule(schedule: ScheduleDefinition) -> ScheduleMessage:
    """Writes a schedule."""
    return ScheduleMessage(
        name=schedule.name,
        description=schedule.description or "",
        cron_expressions=schedule.cron_schedules,
        time_zone=schedule.execution_timezone or "",
        job_name=schedule.job_name,
        tags=to_tags(schedule.tags),
        default_state=_default_state(schedule.default_status is DefaultScheduleStatus.RUNNING),
        metadata=to_metadata(schedule.metadata),
        fixed_request=_fixed_request(schedule),
        makes_up_for_missed=schedule.is_partitioned,
    )


def to_sensor(sensor: SensorDefinition) -> SensorMessage:
    """Writes a sensor."""
    conditions = sensor if isinstance(sensor, AutomationConditionSensorDefinition) else None
    runs = sensor if isinstance(sensor, RunStatusSensorDefinition) else None
    return SensorMessage(
        name=sensor.name,
        description=sensor.description or "",
        minimum_interval=to_duration(max(float(sensor.minimum_interval_seconds), LEAST_INTERVAL_SECONDS)),
        job_names=sorted(sensor.job_names),
        tags=to_tags(sensor.tags),
        default_state=_default_state(sensor.default_status is DefaultSensorStatus.RUNNING),
        metadata=to_metadata(sensor.metadata),
        kind=sensor_pb2.SensorKind.Value(f"SENSOR_KIND_{sensor.kind.name}"),
        watched_assets=to_asset_keys(sensor.watched_keys),
        automation_selection=to_selection(conditions.asset_selection) if conditions is not None else "",
        watched_state=_run_state(runs.run_state if runs is not None else "unspecified"),
        watched_job_names=_own_jobs(runs.monitored_runs) if runs is not None else (),
        watched_runs=_elsewhere(runs.monitored_runs) if runs is not None else (),
        watches_all_locations=runs is not None and runs.monitor_all_code_locations,
        run_tags=to_tags(conditions.run_tags if conditions is not None else {}),
    )


def to_run_request(request: RunRequest) -> pb.RunRequest:
    """Writes a run that is asked for.

    Raises:
        InvalidArgumentError: its run config is too large.
    """
    return pb.RunRequest(
        run_key=request.run_key or "",
        job_name=request.job_name or "",
        run_config=to_json_payload(request.run_config, "run_config") if request.run_config else None,
        tags=to_tags(request.tags),
        asset_selection=to_asset_keys(request.asset_selection or ()),
        partition_key=request.partition_key or "",
        check_selection=map(to_check_key, request.asset_check_keys or ()),
    )


def _fixed_request(schedule: ScheduleDefinition) -> pb.RunRequest | None:
    request = schedule.fixed_request
    if request is None:
        return None
    try:
        message = to_run_request(request)
    except InvalidArgumentError:
        # Too large: the tick that asks for it says so.
        return None
    # Definitions are kept by many and sent often; what is large is asked for when it is needed.
    return message if message.ByteSize() <= _LARGEST_FIXED_REQUEST else None


def _own_jobs(selectors: Sequence[RunSelector]) -> list[str]:
    return sorted(each.job_name for each in selectors if each.job_name and not each.location_name)


def _elsewhere(selectors: Sequence[RunSelector]) -> list[sensor_pb2.RunSelector]:
    return [
        sensor_pb2.RunSelector(location_name=each.location_name, job_name=each.job_name or "")
        for each in selectors
        if each.location_name
    ]


def to_partition_changes(requests: Sequence[DynamicPartitionsRequest]) -> list[pb.DynamicPartitionsChange]:
    """Writes which keys of dynamic partitions are to be added or taken away."""
    return [
        pb.DynamicPartitionsChange(
            partitions_name=each.partitions_def_name,
            **{"added_keys" if isinstance(each, AddDynamicPartitionsRequest) else "deleted_keys": each.partition_keys},
        )
        for each in requests
    ]


def _run_state(name: str) -> run_pb2.RunState.ValueType:
    return run_pb2.RunState.Value(f"RUN_STATE_{name.upper()}")


def _default_state(running: bool) -> pb.InstigatorState.ValueType:
    return pb.INSTIGATOR_STATE_RUNNING if running else pb.INSTIGATOR_STATE_STOPPED
