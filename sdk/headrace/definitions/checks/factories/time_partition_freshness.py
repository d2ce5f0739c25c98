"""Checks that the newest partitions of assets have arrived."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from datetime import timezone as timezones
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
    PARAMETERS,
    Deadlines,
    last_update,
    timestamp,
)
from headrace.definitions.checks.factories.targets import build_checks, target_keys
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.checks.spec import AssetCheckSeverity, AssetCheckSpec
from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import InvariantViolationError


def build_time_partition_freshness_checks(
    *,
    assets: Sequence[CoercibleToAssetKey | HasAssetKey],
    deadline_cron: str,
    timezone: str = "UTC",
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
    blocking: bool = False,
) -> Sequence[AssetChecksDefinition]:
    """Checks that the partition that was complete at the last deadline has been made or seen.

    Args:
        assets: The assets, partitioned by time windows.
        deadline_cron: The deadlines.
        timezone: The time zone of the deadlines.
        severity: How bad it is when it has not.
        blocking: Whether assets downstream are not made then, with severity ERROR.
    """
    deadlines = Deadlines.checked(deadline_cron, timezone)
    told = {PARAMETERS: MetadataValue.json({"timezone": timezone, "deadline_cron": deadline_cron})}
    specs = [
        AssetCheckSpec(CHECK_NAME, asset=key, description=DESCRIPTION, metadata=told, blocking=blocking)
        for key in target_keys(assets)
    ]

    def judge(context: Any, key: AssetKey) -> AssetCheckResult:
        now = time.time()
        deadline = deadlines.last(now)
        partition = _newest(context, key, deadline)
        passed = partition is None or last_update(context.instance, key, partition) is not None
        updated = last_update(context.instance, key)
        metadata = {**told, LATEST_TICK: timestamp(deadline)}
        if passed:
            metadata[FRESH_UNTIL] = timestamp(deadlines.next(now))
        elif updated is not None:
            metadata[LAST_UPDATED] = timestamp(updated)
        return AssetCheckResult(
            passed=passed,
            severity=severity,
            metadata=metadata,
            description=_description(passed, partition, updated),
        )

    return [build_checks(CHECK_NAME, specs, judge)]


def _newest(context: Any, key: AssetKey, deadline: float) -> str | None:
    """The last partition that was complete at a deadline."""
    spec = context.job_def.asset_layer.specs.get(key)
    partitions_def = None if spec is None else spec.partitions_def
    if not isinstance(partitions_def, TimeWindowPartitionsDefinition):
        raise InvariantViolationError(
            f"The partitions of asset {key.to_user_string()!r} are not a TimeWindowPartitionsDefinition, so this check cannot "
            f"tell which partition to expect: {partitions_def}."
        )
    return partitions_def.get_last_partition_key(current_time=datetime.fromtimestamp(deadline, timezones.utc))


def _description(passed: bool, partition: str | None, updated: float | None) -> str:
    if passed:
        return f"Asset is currently fresh, since partition {partition} has arrived."
    if updated is None:
        return f"The asset has never been observed/materialized. Partition {partition} is expected."
    return f"Asset is overdue. Partition {partition} is expected to have arrived, and it has not."
