"""What freshness checks have in common: when an asset was last updated, and which deadline counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.schedules.cron import check_cron, check_timezone, next_due, previous_due
from headrace.errors import InvalidCronError, InvalidDefinitionError

CHECK_NAME = "freshness_check"
DESCRIPTION = "Evaluates freshness for targeted asset."
PARAMETERS = "headrace/freshness_params"
LOWER_BOUND = "headrace/freshness_lower_bound_timestamp"
FRESH_UNTIL = "headrace/fresh_until_timestamp"
LATEST_TICK = "headrace/latest_cron_tick_timestamp"
LAST_UPDATED = "headrace/last_updated_timestamp"
FRESH_UNTIL_NAMES = (FRESH_UNTIL, "dagster/fresh_until_timestamp")
_LAST_UPDATED_NAMES = (LAST_UPDATED, "dagster/last_updated_timestamp")


@dataclass(frozen=True)
class Deadlines:
    """Deadlines that a cron schedule names."""

    cron: str
    zone: str

    @staticmethod
    def checked(cron: str, zone: str) -> Deadlines:
        """The deadlines, if the schedule and the time zone are ones."""
        try:
            check_cron(cron)
            check_timezone(zone)
        except InvalidCronError as error:
            raise InvalidDefinitionError(f"Invalid cron string. {error}") from error
        return Deadlines(cron, zone)

    def last(self, now: float) -> float:
        """The last deadline that has passed."""
        # The schedule is asked for what lies strictly before.
        return previous_due(self.cron, self.zone, _moment(now) + timedelta(microseconds=1)).timestamp()

    def next(self, now: float) -> float:
        """The next deadline."""
        return next_due(self.cron, self.zone, _moment(now)).timestamp()


def last_update(instance: Any, key: AssetKey, partition: str | None = None) -> float | None:
    """When an asset, or one of its partitions, was last updated, as far as anybody told.

    An observation counts only if its metadata says when the asset was last updated.
    """
    made = instance.fetch_last_materialization(key, partition)
    seen = next(
        (
            record
            for record in _observations(instance, key, partition)
            if _told(record.asset_observation.metadata) is not None
        ),
        None,
    )
    if made is None or (seen is not None and seen.storage_id > made.storage_id):
        return None if seen is None else _told(seen.asset_observation.metadata)
    told = _told(made.asset_materialization.metadata)
    return told if told is not None else float(made.timestamp)


def timestamp(seconds: float) -> MetadataValue:
    """A moment as metadata."""
    return MetadataValue.timestamp(seconds)


def ago(now: float, then: float) -> str:
    """How long before now, for people."""
    return f"{timedelta(seconds=round(max(now - then, 0)))} ago"


def _observations(instance: Any, key: AssetKey, partition: str | None) -> Any:
    # Only few are looked at: who observes says in each observation when the asset was updated, or in none.
    records = instance.fetch_observations(key, limit=25).records
    return [record for record in records if partition is None or record.partition_key == partition]


def _told(metadata: Mapping[str, Any]) -> float | None:
    for name in _LAST_UPDATED_NAMES:
        if name in metadata:
            return float(metadata[name].value)
    return None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
