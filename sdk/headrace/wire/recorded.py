"""Runs and events that were recorded: from messages to what user code reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from headrace.api.types.v1 import event_pb2 as pb
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_USER_CODE, Failure
from headrace.api.types.v1.run_pb2 import Run
from headrace.api.types.v1.run_pb2 import RunState as RunStateMessage
from headrace.api.types.v1.type_check_pb2 import TypeCheck
from headrace.execute.events import event as events
from headrace.execute.run_info import RunInfo
from headrace.instance.details import AssetWiped, RunStateChanged
from headrace.instance.event_log import EventLogEntry
from headrace.instance.runs import RecordedRun
from headrace.run_state import RunState
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.moments import from_duration, from_timestamp
from headrace.wire.recorded_metadata import from_metadata
from headrace.wire.runs import to_run_spec
from headrace.wire.tags import from_tags


def from_run(run: Run) -> RecordedRun:
    """Reads a run.

    Raises:
        InvalidArgumentError: its run config is no JSON object.
    """
    spec = to_run_spec(run)
    info = RunInfo.of(spec)
    return RecordedRun(
        **{name: getattr(info, name) for name in RunInfo.__dataclass_fields__},
        state=from_run_state(run.state),
        step_keys_to_execute=spec.step_keys,
        location_name=run.location_name,
    )


def from_run_state(state: RunStateMessage.ValueType) -> RunState:
    """Reads a run's state."""
    name = RunStateMessage.Name(state) if state in RunStateMessage.values() else ""
    return RunState(name.removeprefix("RUN_STATE_").lower())


def from_event(event: pb.Event) -> events.Event | None:
    """Reads an event; None for one of a kind that user code is not told of."""
    kind = event.WhichOneof("detail")
    read = _READERS.get(kind or "")
    if kind is None or read is None:
        return None
    when = from_timestamp(event.event_time).timestamp()
    return events.Event(event.run_id, when, event.step_key, event.attempt, read(getattr(event, kind)))


def from_entry(event: pb.Event, job_name: str | None = None) -> EventLogEntry | None:
    """Reads an event as an entry of an event log."""
    found = from_event(event)
    return None if found is None else EventLogEntry(found, job_name)


def from_failure(failure: Failure) -> events.FailureInfo:
    """Reads a failure."""
    return events.FailureInfo(
        type=failure.type,
        message=failure.message,
        stack_trace=failure.stack_trace,
        cause=from_failure(failure.cause) if failure.HasField("cause") else None,
        metadata=from_metadata(failure.metadata),
        user_failure=failure.origin == FAILURE_ORIGIN_USER_CODE,
    )


def _state_changed(message: pb.RunStateChanged) -> RunStateChanged:
    failure = from_failure(message.failure) if message.HasField("failure") else None
    return RunStateChanged(from_run_state(message.state), message.job_name, message.reason, failure)


def _step_failed(message: pb.StepFailed) -> events.StepFailed:
    return events.StepFailed(from_failure(message.failure), from_duration(message.duration))


def _asset(message: pb.AssetMaterialized | pb.AssetObserved) -> dict[str, Any]:
    return {
        "asset_key": from_asset_key(message.asset_key),
        "partition": message.partition_key or None,
        "description": message.description or None,
        "metadata": from_metadata(message.metadata),
        "tags": from_tags(message.tags),
    }


def _checked(message: pb.AssetCheckEvaluated) -> events.AssetCheckEvaluated:
    return events.AssetCheckEvaluated(
        asset_key=from_asset_key(message.asset_key),
        check_name=message.check_name,
        passed=message.passed,
        severity="WARN" if message.warning else "ERROR",
        blocking=message.blocking,
        description=message.description or None,
        partition=message.partition_key or None,
        metadata=from_metadata(message.metadata),
    )


def _retry_scheduled(message: pb.StepRetryScheduled) -> events.StepRetryScheduled:
    return events.StepRetryScheduled(from_failure(message.failure), from_duration(message.delay), next_attempt=0)


def _input_loaded(message: pb.InputLoaded) -> events.InputLoaded:
    return events.InputLoaded(
        input_name=message.input_name,
        upstream_step_key=message.upstream_step_key,
        upstream_output=message.upstream_output_name,
        asset_key=from_asset_key(message.asset_key) if message.HasField("asset_key") else None,
    )


def _input_checked(message: pb.InputChecked) -> events.InputChecked:
    return events.InputChecked(message.input_name, _type_check(message.type_check, message.input_name))


def _type_check(message: TypeCheck, label: str) -> events.TypeCheckData:
    return events.TypeCheckData(
        label,
        message.type_name or "Any",
        not message.failed,
        message.description or None,
        from_metadata(message.metadata),
    )


def _output_produced(message: pb.OutputProduced) -> events.OutputProduced:
    return events.OutputProduced(
        message.output_name,
        message.mapping_key or None,
        _type_check(message.type_check, message.output_name),
        metadata=from_metadata(message.metadata),
    )


def _output_stored(message: pb.OutputStored) -> events.OutputStored:
    return events.OutputStored(
        message.output_name,
        message.io_manager_key,
        message.mapping_key or None,
        metadata=from_metadata(message.metadata),
    )


def _log_recorded(message: pb.LogRecorded) -> events.LogRecorded:
    return events.LogRecorded(
        level=_LEVELS.get(message.level, logging.INFO),
        message=message.message,
        logger=message.logger,
        failure=from_failure(message.failure) if message.HasField("failure") else None,
    )


def _engine_noted(message: pb.EngineNoted) -> events.EngineNoted:
    failure = from_failure(message.failure) if message.HasField("failure") else None
    return events.EngineNoted(message.message, from_metadata(message.metadata), failure)


_LEVELS: Mapping[int, int] = {
    pb.LOG_LEVEL_DEBUG: logging.DEBUG,
    pb.LOG_LEVEL_INFO: logging.INFO,
    pb.LOG_LEVEL_WARNING: logging.WARNING,
    pb.LOG_LEVEL_ERROR: logging.ERROR,
    pb.LOG_LEVEL_CRITICAL: logging.CRITICAL,
}
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "run_state_changed": _state_changed,
    "step_started": lambda _: events.StepStarted(),
    "step_succeeded": lambda message: events.StepSucceeded(from_duration(message.duration)),
    "step_failed": _step_failed,
    "step_retry_scheduled": _retry_scheduled,
    "step_skipped": lambda message: events.StepSkipped(message.reason, upstream_failed=False),
    "input_checked": _input_checked,
    "input_loaded": _input_loaded,
    "output_produced": _output_produced,
    "output_stored": _output_stored,
    "asset_materialized": lambda message: events.AssetMaterialized(**_asset(message)),
    "asset_observed": lambda message: events.AssetObserved(**_asset(message)),
    "asset_check_evaluated": _checked,
    "asset_wiped": lambda message: AssetWiped(from_asset_key(message.asset_key), tuple(message.partition_keys)),
    "log_recorded": _log_recorded,
    "logs_captured": lambda _: events.LogsCaptured("", ""),
    "resources_started": lambda message: events.ResourcesStarted(tuple(message.resource_keys)),
    "engine_noted": _engine_noted,
}
