"""What user code yields, returns or logs, as events of the run."""

from __future__ import annotations

from typing import Any

from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
from headrace.definitions.checks.result import AssetCheckEvaluation
from headrace.definitions.ops.expectation import ExpectationResult
from headrace.errors import InvariantViolationError
from headrace.execute.events.event import (
    AssetCheckEvaluated,
    AssetMaterialized,
    AssetObserved,
    Detail,
    ExpectationNoted,
)

LOGGABLE = (AssetMaterialization, AssetObservation, AssetCheckEvaluation, ExpectationResult)


def user_event_detail(event: Any, partition: str | None = None) -> Detail:
    """The event that a materialization or observation stands for.

    Args:
        event: What user code gave.
        partition: The partition of the run, for events that name none.
    """
    if isinstance(event, AssetMaterialization):
        made = event.partition if event.partition is not None else partition
        return AssetMaterialized(event.asset_key, made, event.description, event.metadata, event.tags)
    if isinstance(event, AssetObservation):
        seen = event.partition if event.partition is not None else partition
        return AssetObserved(event.asset_key, seen, event.description, event.metadata, event.tags)
    if isinstance(event, AssetCheckEvaluation):
        return AssetCheckEvaluated(
            event.asset_key,
            event.check_name,
            event.passed,
            event.severity.value,
            event.blocking,
            event.description,
            event.partition or partition,
            event.metadata,
        )
    if isinstance(event, ExpectationResult):
        return ExpectationNoted(event)
    raise InvariantViolationError(
        f"A {type(event).__name__} cannot be logged as an event; log an AssetMaterialization, an "
        "AssetObservation, an AssetCheckEvaluation or an ExpectationResult."
    )
