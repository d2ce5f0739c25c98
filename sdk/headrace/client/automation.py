"""Schedules, sensors and their ticks as the client gives them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from headrace.api.gateway.v1 import schedule_service_pb2, sensor_service_pb2
from headrace.api.types.v1 import backfill_pb2, instigator_pb2
from headrace.client.conditions import ConditionEvaluation, read_condition
from headrace.client.events import RunEvent, read_event
from headrace.client.failures import FailureDetail, failure_of
from headrace.client.plain import key_of, member_of, payload_of, seconds_of, tags_of, time_of


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule's definition and state.

    Attributes:
        name: Its name, unique in its location.
        location_name: Its location.
        state: `running` or `stopped`.
        cron_expressions: When it is due; any of them counts.
        time_zone: In which they are read.
        job_name: The job it runs.
        description: What it is for.
        next_due_time: When it is due next, None while it is stopped.
        awaited_time: The first moment for which it was not evaluated yet, None while it is stopped: one in the past is late.
        last_tick_time: For which moment it was evaluated last.
        failure_count: How many ticks in a row have failed.
    """

    name: str
    location_name: str
    state: str
    cron_expressions: tuple[str, ...]
    time_zone: str
    job_name: str
    description: str = ""
    next_due_time: datetime | None = None
    awaited_time: datetime | None = None
    last_tick_time: datetime | None = None
    failure_count: int = 0


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor's definition and state.

    Attributes:
        name: Its name, unique in its location.
        location_name: Its location.
        state: `running` or `stopped`.
        minimum_interval: Seconds between two evaluations, at least.
        job_names: The jobs it may ask for.
        description: What it is for.
        cursor: The cursor its code left, empty if none.
        last_tick_time: When it was evaluated last.
        last_run_key: Run key of the newest run it asked for.
        failure_count: How many ticks in a row have failed.
    """

    name: str
    location_name: str
    state: str
    minimum_interval: float
    job_names: tuple[str, ...]
    description: str = ""
    cursor: str = ""
    last_tick_time: datetime | None = None
    last_run_key: str = ""
    failure_count: int = 0


@dataclass(frozen=True, slots=True)
class RequestedBackfill:
    """A backfill that automation conditions ask for.

    Attributes:
        backfill_id: Its id; of a dry run, nothing has it.
        asset_keys: What it makes.
    """

    backfill_id: str
    asset_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """One evaluation of a schedule or sensor, and what came of it.

    Attributes:
        name: The schedule or sensor.
        location_name: Its location.
        due_time: The moment it stands for.
        finish_time: When it was committed.
        result: `succeeded`, `skipped` or `failed`.
        run_ids: The runs it made.
        repeated_run_keys: Run keys it asked for again; nothing was made of them.
        skip_message: Why it asked for nothing.
        failure: Why it failed.
        cursor: The cursor it left behind.
        log_lines: What its code logged.
        conditions: What it found of automation conditions.
        backfills: The backfills it made.
    """

    name: str
    location_name: str
    due_time: datetime | None
    finish_time: datetime | None
    result: str
    run_ids: tuple[str, ...] = ()
    repeated_run_keys: tuple[str, ...] = ()
    skip_message: str = ""
    failure: FailureDetail | None = None
    cursor: str = ""
    log_lines: tuple[str, ...] = ()
    conditions: tuple[ConditionEvaluation, ...] = ()
    backfills: tuple[RequestedBackfill, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestedRun:
    """A run that a schedule or sensor asks for.

    Attributes:
        job_name: The job; empty for the schedule's or sensor's only one.
        run_key: At most one run is made per key; empty for no such limit.
        run_config: Its configuration, None if it has none.
        tags: Its tags.
        asset_selection: Its assets; empty for all of the job.
        partition_key: Its partition; empty for none.
    """

    job_name: str
    run_key: str = ""
    run_config: Any = None
    tags: Mapping[str, str] = field(default_factory=dict)
    asset_selection: tuple[str, ...] = ()
    partition_key: str = ""


@dataclass(frozen=True, slots=True)
class PartitionChange:
    """A change of dynamic partitions that a sensor asks for.

    Attributes:
        name: The name of the partitions.
        added: Keys to add.
        deleted: Keys to take away.
    """

    name: str
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of evaluating a schedule or sensor at somebody's request.

    Attributes:
        tick: The tick; in a dry run, as it would be.
        requested_runs: The runs that its code asked for.
        partition_changes: What a sensor's code wants changed about dynamic partitions.
        asset_events: What a sensor's code tells of assets.
    """

    tick: Tick
    requested_runs: tuple[RequestedRun, ...]
    partition_changes: tuple[PartitionChange, ...] = ()
    asset_events: tuple[RunEvent, ...] = ()


def read_schedule(record: schedule_service_pb2.ScheduleRecord) -> Schedule:
    """Returns a schedule of the contract as the client gives it out."""
    definition = record.definition
    return Schedule(
        name=definition.name,
        location_name=record.location_name,
        state=member_of(record, "state"),
        cron_expressions=tuple(definition.cron_expressions),
        time_zone=definition.time_zone or "UTC",
        job_name=definition.job_name,
        description=definition.description,
        next_due_time=time_of(record, "next_due_time"),
        awaited_time=time_of(record, "awaited_time"),
        last_tick_time=time_of(record.instigator, "last_tick_time"),
        failure_count=record.instigator.failure_count,
    )


def read_sensor(record: sensor_service_pb2.SensorRecord) -> Sensor:
    """Returns a sensor of the contract as the client gives it out."""
    definition, kept = record.definition, record.instigator
    return Sensor(
        name=definition.name,
        location_name=record.location_name,
        state=member_of(record, "state"),
        minimum_interval=seconds_of(definition, "minimum_interval") or 0.0,
        job_names=tuple(definition.job_names),
        description=definition.description,
        cursor=kept.cursor,
        last_tick_time=time_of(kept, "last_tick_time"),
        last_run_key=kept.last_run_key,
        failure_count=kept.failure_count,
    )


def read_tick(tick: instigator_pb2.Tick) -> Tick:
    """Returns a tick of the contract as the client gives it out."""
    return Tick(
        name=tick.ref.name,
        location_name=tick.ref.location_name,
        due_time=time_of(tick, "due_time"),
        finish_time=time_of(tick, "finish_time"),
        result=member_of(tick, "result"),
        run_ids=tuple(tick.run_ids),
        repeated_run_keys=tuple(tick.repeated_run_keys),
        skip_message=tick.skip_message,
        failure=failure_of(tick),
        cursor=tick.cursor,
        log_lines=tuple(tick.log_lines),
        conditions=tuple(map(read_condition, tick.automation_evaluations)),
        backfills=tuple(map(_requested_backfill, tick.backfills)),
    )


def read_evaluation(
    response: schedule_service_pb2.TriggerScheduleResponse | sensor_service_pb2.TriggerSensorResponse,
) -> Evaluation:
    """Returns what came of a triggered evaluation."""
    tick, requested = read_tick(response.tick), tuple(map(_requested_run, response.run_requests))
    if isinstance(response, schedule_service_pb2.TriggerScheduleResponse):
        return Evaluation(tick, requested)
    changes = tuple(
        PartitionChange(each.partitions_name, tuple(each.added_keys), tuple(each.deleted_keys))
        for each in response.partition_changes
    )
    return Evaluation(tick, requested, changes, tuple(map(read_event, response.asset_events)))


def _requested_backfill(backfill: backfill_pb2.Backfill) -> RequestedBackfill:
    return RequestedBackfill(backfill.backfill_id, tuple(key_of(each.asset_key) for each in backfill.targets))


def _requested_run(request: instigator_pb2.RunRequest) -> RequestedRun:
    return RequestedRun(
        job_name=request.job_name,
        run_key=request.run_key,
        run_config=payload_of(request.run_config) if request.HasField("run_config") else None,
        tags=tags_of(request.tags),
        asset_selection=tuple(key_of(key) for key in request.asset_selection),
        partition_key=request.partition_key,
    )
