"""Messages of the public services as the records of an instance."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timezone

from headrace.api.gateway.v1 import asset_service_pb2
from headrace.api.types.v1 import asset_pb2, event_pb2, run_pb2
from headrace.client.plain import time_of
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.execute.events.event_types import EventType
from headrace.instance.assets import AssetCheckRecord, AssetEntry, AssetRecord
from headrace.instance.event_log import EventLogEntry, EventLogRecord
from headrace.instance.runs import RunRecord
from headrace.wire.recorded import from_event, from_run

_KINDS = {
    EventType.STEP_START: "step_started",
    EventType.STEP_SUCCESS: "step_succeeded",
    EventType.STEP_FAILURE: "step_failed",
    EventType.STEP_UP_FOR_RETRY: "step_retry_scheduled",
    EventType.STEP_SKIPPED: "step_skipped",
    EventType.STEP_INPUT: "input_checked",
    EventType.LOADED_INPUT: "input_loaded",
    EventType.STEP_OUTPUT: "output_produced",
    EventType.HANDLED_OUTPUT: "output_stored",
    EventType.ASSET_MATERIALIZATION: "asset_materialized",
    EventType.ASSET_OBSERVATION: "asset_observed",
    EventType.ASSET_CHECK_EVALUATION: "asset_check_evaluated",
    EventType.ASSET_WIPED: "asset_wiped",
    EventType.LOGS_CAPTURED: "logs_captured",
    EventType.RESOURCE_INIT_SUCCESS: "resources_started",
    EventType.ENGINE_EVENT: "engine_noted",
}
_EPOCH = datetime.fromtimestamp(0, timezone.utc)


def kinds_of(event_types: Collection[EventType] | None) -> list[str]:
    """The kinds of the contract that have these types; none stands for all."""
    if event_types is None:
        return []
    kinds = {_KINDS[each] for each in event_types if each in _KINDS}
    of_runs = any(each.name.startswith("RUN_") for each in event_types)
    return sorted(kinds | ({"run_state_changed"} if of_runs else set()))


def of_run(event: event_pb2.Event, job_name: str | None) -> EventLogRecord | None:
    """An event of a run; None for one of a kind that user code is not told of."""
    read = from_event(event)
    return None if read is None else EventLogRecord(event.sequence, EventLogEntry(read, job_name))


def event_record(event: asset_pb2.AssetEvent) -> EventLogRecord:
    """An event in the history of an asset."""
    return _record(event.event, event.number)


def asset_record(message: asset_service_pb2.AssetRecord) -> AssetRecord | None:
    """What was recorded of an asset; None if nothing was."""
    known = message.asset
    made = known.latest_materialization if known.HasField("latest_materialization") else None
    seen = known.latest_observation if known.HasField("latest_observation") else None
    if made is None and seen is None:
        return None
    entry = AssetEntry(
        AssetKey(list(message.asset_key.path)),
        None if made is None else _record(made, known.latest_materialization_number),
        None if seen is None else _record(seen, known.latest_observation_number),
    )
    return AssetRecord(known.materialization_count, entry)


def check_record(message: asset_service_pb2.AssetRecord, key: AssetCheckKey) -> AssetCheckRecord | None:
    """The latest verdict of a check; None if there is none."""
    for check in message.asset.checks:
        if check.check_name == key.name:
            return AssetCheckRecord(key, _record(check.latest_evaluation, check.number))
    return None


def run_record(run: run_pb2.Run) -> RunRecord:
    """A run."""
    created = time_of(run, "create_time") or _EPOCH
    started, finished = time_of(run, "start_time"), time_of(run, "finish_time")
    return RunRecord(
        storage_id=int(created.timestamp() * 1_000_000),
        dagster_run=from_run(run),
        create_timestamp=created,
        update_timestamp=finished or started or time_of(run, "admit_time") or created,
        start_time=None if started is None else started.timestamp(),
        end_time=None if finished is None else finished.timestamp(),
    )


def _record(event: event_pb2.Event, number: int) -> EventLogRecord:
    read = from_event(event)
    assert read is not None, "events about assets are known"
    return EventLogRecord(number, EventLogEntry(read))
