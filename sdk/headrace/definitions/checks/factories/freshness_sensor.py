"""A sensor that runs freshness checks when their verdicts may have changed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.run_request import RunRequest, SkipReason
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.factories.freshness import FRESH_UNTIL_NAMES
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.decorator import sensor
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition
from headrace.errors import InvalidDefinitionError

# Well below what a location gives a sensor; what is left over comes first in the next evaluation.
MAX_SECONDS = 35.0


def build_sensor_for_freshness_checks(
    *,
    freshness_checks: Sequence[AssetChecksDefinition],
    minimum_interval_seconds: int | None = None,
    name: str = "freshness_checks_sensor",
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    tags: Mapping[str, Any] | None = None,
) -> SensorDefinition:
    """A sensor that runs freshness checks when their verdicts may have changed.

    That is: when a check has never run, when an asset that was fresh may no longer be, and when one that was not fresh
    has been updated.

    Args:
        freshness_checks: The checks.
        minimum_interval_seconds: How often it looks.
        name: The sensor's name.
        default_status: Whether it is on until somebody says otherwise.
        tags: Tags of the runs.
    """
    keys = [key for each in freshness_checks for key in (spec.key for spec in each.check_specs)]
    if len(set(keys)) < len(keys):
        raise InvalidDefinitionError("Found duplicate asset checks in the provided list of freshness checks.")
    if minimum_interval_seconds is not None and minimum_interval_seconds <= 0:
        raise InvalidDefinitionError(f"Interval must be a positive integer, not {minimum_interval_seconds!r}.")

    @sensor(
        name=name,
        minimum_interval_seconds=minimum_interval_seconds,
        description="Evaluates freshness checks when their results may have changed.",
        asset_selection=AssetSelection.checks(*keys),
        default_status=default_status,
    )
    def look(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        due: list[AssetCheckKey] = []
        began = time.monotonic()
        for key in _after(context.cursor, keys):
            if time.monotonic() - began > MAX_SECONDS:
                break
            if _is_due(context.instance, key):
                due.append(key)
            context.update_cursor(key.to_user_string())
        else:
            context.update_cursor(None)
        if not due:
            return SkipReason("No freshness checks need to be evaluated.")
        return RunRequest(asset_check_keys=due, tags=dict(tags or {}))

    return look


def _after(cursor: str | None, keys: Sequence[AssetCheckKey]) -> Sequence[AssetCheckKey]:
    """All of them, beginning after the one where the last evaluation ended."""
    names = [key.to_user_string() for key in keys]
    start = names.index(cursor) + 1 if cursor in names else 0
    return [*keys[start:], *keys[:start]]


def _is_due(instance: Any, key: AssetCheckKey) -> bool:
    record = instance.get_latest_asset_check_evaluation_record(key)
    if record is None or record.evaluation is None:
        return True
    if not record.evaluation.passed:
        made = instance.fetch_last_materialization(key.asset_key)
        return made is not None and made.storage_id > record.event.storage_id
    metadata = record.evaluation.metadata
    until = next((metadata[name].value for name in FRESH_UNTIL_NAMES if name in metadata), None)
    return until is None or time.time() >= float(until)
