"""Checks that assets were updated lately."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import HasAssetKey
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.factories.freshness import (
    CHECK_NAME,
    DESCRIPTION,
    FRESH_UNTIL,
    LAST_UPDATED,
    LATEST_TICK,
    LOWER_BOUND,
    PARAMETERS,
    Deadlines,
    ago,
    last_update,
    timestamp,
)
from headrace.definitions.checks.factories.targets import build_checks, target_keys
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.checks.spec import AssetCheckSeverity, AssetCheckSpec
from headrace.definitions.metadata.values import MetadataValue


def build_last_update_freshness_checks(
    *,
    assets: Sequence[CoercibleToAssetKey | HasAssetKey],
    lower_bound_delta: timedelta,
    deadline_cron: str | None = None,
    timezone: str = "UTC",
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
    blocking: bool = False,
) -> Sequence[AssetChecksDefinition]:
    """Checks that each asset was updated not long before now, or not long before the last deadline.

    Args:
        assets: The assets.
        lower_bound_delta: How long before.
        deadline_cron: The deadlines; now when left out.
        timezone: The time zone of the deadlines.
        severity: How bad it is when it was not.
        blocking: Whether assets downstream are not made then, with severity ERROR.
    """
    deadlines = None if deadline_cron is None else Deadlines.checked(deadline_cron, timezone)
    parameters: dict[str, Any] = {"lower_bound_delta_seconds": lower_bound_delta.total_seconds(), "timezone": timezone}
    if deadline_cron is not None:
        parameters["deadline_cron"] = deadline_cron
    told = {PARAMETERS: MetadataValue.json(parameters)}
    specs = [
        AssetCheckSpec(CHECK_NAME, asset=key, description=DESCRIPTION, metadata=told, blocking=blocking)
        for key in target_keys(assets)
    ]

    def judge(context: Any, key: AssetKey) -> AssetCheckResult:
        now = time.time()
        deadline = now if deadlines is None else deadlines.last(now)
        bound = deadline - lower_bound_delta.total_seconds()
        updated = last_update(context.instance, key)
        metadata = {**told, LOWER_BOUND: timestamp(bound)}
        if deadlines is not None:
            metadata[LATEST_TICK] = timestamp(deadline)
        if updated is not None:
            metadata[LAST_UPDATED] = timestamp(updated)
        passed = updated is not None and updated >= bound
        if updated is not None and passed:
            until = updated + lower_bound_delta.total_seconds() if deadlines is None else deadlines.next(now)
            metadata[FRESH_UNTIL] = timestamp(until)
        return AssetCheckResult(
            passed=passed, severity=severity, metadata=metadata, description=_description(now, updated, bound)
        )

    return [build_checks(CHECK_NAME, specs, judge)]


def _description(now: float, updated: float | None, bound: float) -> str:
    if updated is None:
        return "Asset has never been observed/materialized."
    if updated < bound:
        return (
            f"Asset is overdue for an update. The last update was {ago(now, updated)}, and the last one that counts would "
            f"have been {ago(now, bound)}."
        )
    return f"Asset is currently fresh. The last update was {ago(now, updated)}; one after {ago(now, bound)} counts."
