"""What happens inside a run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from headrace.api.types.v1 import event_pb2 as pb
from headrace.api.types.v1.type_check_pb2 import TypeCheck
from headrace.execute.events import event as events
from headrace.execute.planning.plan import ExecutionPlan
from headrace.execute.planning.planned_assets import PlannedAsset
from headrace.wire.asset_keys import to_asset_key
from headrace.wire.failures import to_failure
from headrace.wire.metadata import to_metadata
from headrace.wire.moments import to_duration, to_timestamp
from headrace.wire.plans import to_planned_steps
from headrace.wire.tags import to_tags
from headrace.wire.text import clip

_LEVELS = (
    (logging.CRITICAL, pb.LOG_LEVEL_CRITICAL),
    (logging.ERROR, pb.LOG_LEVEL_ERROR),
    (logging.WARNING, pb.LOG_LEVEL_WARNING),
    (logging.INFO, pb.LOG_LEVEL_INFO),
)


def to_event(event: events.Event) -> pb.Event:
    """Writes an event; storage numbers it."""
    name, write, skippable = _WRITERS[type(event.detail)]
    return pb.Event(
        run_id=event.run_id,
        event_time=to_timestamp(event.time),
        step_key=event.step_key,
        attempt=event.attempt,
        skippable=skippable,
        **{name: write(event, event.detail)},
    )


def planned_event(run_id: str, plan: ExecutionPlan, assets: Iterable[PlannedAsset] = ()) -> pb.Event:
    """Writes the event that tells what a run is to do before the first step starts: its steps, and what they make."""
    planned = pb.RunPlanned(steps=to_planned_steps(plan), assets=map(_planned_asset, assets))
    return pb.Event(run_id=run_id, event_time=to_timestamp(time.time()), run_planned=planned)


def _planned_asset(asset: PlannedAsset) -> pb.PlannedAsset:
    ends = asset.partitions
    return pb.PlannedAsset(
        asset_key=to_asset_key(asset.asset_key),
        first_partition_key="" if ends is None else ends.start,
        last_partition_key="" if ends is None else ends.end,
    )


def _started(_event: events.Event, detail: events.StepStarted) -> pb.StepStarted:
    return pb.StepStarted(worker=f"pid {detail.pid}" if detail.pid else "")


def _succeeded(_event: events.Event, detail: events.StepSucceeded) -> pb.StepSucceeded:
    return pb.StepSucceeded(duration=to_duration(detail.duration))


def _failed(_event: events.Event, detail: events.StepFailed) -> pb.StepFailed:
    return pb.StepFailed(failure=to_failure(detail.failure), duration=to_duration(detail.duration))


def _retry(_event: events.Event, detail: events.StepRetryScheduled) -> pb.StepRetryScheduled:
    return pb.StepRetryScheduled(failure=to_failure(detail.failure), delay=to_duration(detail.wait_seconds))


def _skipped(_event: events.Event, detail: events.StepSkipped) -> pb.StepSkipped:
    return pb.StepSkipped(reason=detail.reason)


def _input_loaded(_event: events.Event, detail: events.InputLoaded) -> pb.InputLoaded:
    return pb.InputLoaded(
        input_name=detail.input_name,
        upstream_step_key=detail.upstream_step_key,
        upstream_output_name=detail.upstream_output,
        asset_key=None if detail.asset_key is None else to_asset_key(detail.asset_key),
    )


def _input_checked(_event: events.Event, detail: events.InputChecked) -> pb.InputChecked:
    return pb.InputChecked(input_name=detail.input_name, type_check=_type_check(detail.type_check_data))


def _type_check(found: events.TypeCheckData) -> TypeCheck:
    return TypeCheck(
        type_name=found.type_name,
        failed=not found.success,
        description=clip(found.description or ""),
        metadata=to_metadata(found.metadata),
    )


def _output_produced(_event: events.Event, detail: events.OutputProduced) -> pb.OutputProduced:
    return pb.OutputProduced(
        output_name=detail.output_name,
        mapping_key=detail.mapping_key or "",
        metadata=to_metadata(detail.metadata),
        type_check=None if detail.type_check_data.is_of_any else _type_check(detail.type_check_data),
    )


def _output_stored(_event: events.Event, detail: events.OutputStored) -> pb.OutputStored:
    return pb.OutputStored(
        output_name=detail.output_name,
        io_manager_key=detail.manager_key,
        metadata=to_metadata(detail.metadata),
        mapping_key=detail.mapping_key or "",
    )


def _asset(detail: events.AssetMaterialized | events.AssetObserved) -> dict[str, Any]:
    return {
        "asset_key": to_asset_key(detail.asset_key),
        "partition_key": detail.partition or "",
        "metadata": to_metadata(detail.metadata),
        "description": detail.description or "",
        "tags": to_tags(detail.tags),
    }


def _materialized(_event: events.Event, detail: events.AssetMaterialized) -> pb.AssetMaterialized:
    return pb.AssetMaterialized(**_asset(detail))


def _observed(_event: events.Event, detail: events.AssetObserved) -> pb.AssetObserved:
    return pb.AssetObserved(**_asset(detail))


def _checked(_event: events.Event, detail: events.AssetCheckEvaluated) -> pb.AssetCheckEvaluated:
    return pb.AssetCheckEvaluated(
        asset_key=to_asset_key(detail.asset_key),
        check_name=detail.check_name,
        passed=detail.passed,
        warning=detail.severity == "WARN",
        metadata=to_metadata(detail.metadata),
        description=detail.description or "",
        partition_key=detail.partition or "",
        blocking=detail.blocking,
    )


def _log(_event: events.Event, detail: events.LogRecorded) -> pb.LogRecorded:
    return pb.LogRecorded(
        level=next((ours for theirs, ours in _LEVELS if detail.level >= theirs), pb.LOG_LEVEL_DEBUG),
        message=clip(detail.message),
        logger=detail.logger,
        failure=None if detail.failure is None else to_failure(detail.failure),
    )


def _captured(event: events.Event, _detail: events.LogsCaptured) -> pb.LogsCaptured:
    return pb.LogsCaptured(step_keys=[event.step_key])


def _resources(_event: events.Event, detail: events.ResourcesStarted) -> pb.ResourcesStarted:
    return pb.ResourcesStarted(resource_keys=detail.keys, duration=to_duration(detail.duration))


def _noted(_event: events.Event, detail: events.EngineNoted) -> pb.EngineNoted:
    return pb.EngineNoted(
        message=clip(detail.message),
        metadata=to_metadata(detail.metadata),
        failure=None if detail.failure is None else to_failure(detail.failure),
    )


def _expectation(_event: events.Event, detail: events.ExpectationNoted) -> pb.EngineNoted:
    return pb.EngineNoted(message=clip(detail.message), metadata=to_metadata(detail.expectation_result.metadata))


# The field of the message, who writes it, and whether a reader that does not know it may skip the event: what does
# not change how a run, step or asset stands may be skipped.
_WRITERS: Mapping[type, tuple[str, Callable[[events.Event, Any], Any], bool]] = {
    events.StepStarted: ("step_started", _started, False),
    events.StepSucceeded: ("step_succeeded", _succeeded, False),
    events.StepFailed: ("step_failed", _failed, False),
    events.StepRetryScheduled: ("step_retry_scheduled", _retry, False),
    events.StepSkipped: ("step_skipped", _skipped, False),
    events.InputChecked: ("input_checked", _input_checked, True),
    events.InputLoaded: ("input_loaded", _input_loaded, True),
    events.OutputProduced: ("output_produced", _output_produced, True),
    events.OutputStored: ("output_stored", _output_stored, True),
    events.AssetMaterialized: ("asset_materialized", _materialized, False),
    events.AssetObserved: ("asset_observed", _observed, False),
    events.AssetCheckEvaluated: ("asset_check_evaluated", _checked, False),
    events.LogRecorded: ("log_recorded", _log, True),
    events.LogsCaptured: ("logs_captured", _captured, True),
    events.ResourcesStarted: ("resources_started", _resources, True),
    events.EngineNoted: ("engine_noted", _noted, True),
    events.ExpectationNoted: ("engine_noted", _expectation, True),
}
