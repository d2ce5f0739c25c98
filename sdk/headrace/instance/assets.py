"""Assets as an instance gives them out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headrace.definitions.assets.events import AssetMaterialization
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.result import AssetCheckEvaluation
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.instance.event_log import EventLogEntry, EventLogRecord


class AssetPartitionStatus(str, Enum):
    """What is known of a partition of an asset."""

    MATERIALIZED = "MATERIALIZED"
    IN_PROGRESS = "IN_PROGRESS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """The newest records of an asset."""

    asset_key: AssetKey
    last_materialization_record: EventLogRecord | None = None
    last_observation_record: EventLogRecord | None = None

    @property
    def last_materialization(self) -> EventLogEntry | None:
        """The newest materialization."""
        record = self.last_materialization_record
        return None if record is None else record.event_log_entry

    @property
    def last_observation(self) -> EventLogEntry | None:
        """The newest observation."""
        record = self.last_observation_record
        return None if record is None else record.event_log_entry

    @property
    def last_materialization_storage_id(self) -> int | None:
        """Where the newest materialization is in the log."""
        record = self.last_materialization_record
        return None if record is None else record.storage_id

    @property
    def last_run_id(self) -> str | None:
        """The run of the newest materialization."""
        record = self.last_materialization_record
        return None if record is None else record.run_id


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """An asset of which something was recorded."""

    storage_id: int
    asset_entry: AssetEntry

    @property
    def asset_key(self) -> AssetKey:
        """The asset."""
        return self.asset_entry.asset_key

    @property
    def latest(self) -> AssetMaterialization | None:
        """What was made last."""
        record = self.asset_entry.last_materialization_record
        return None if record is None else record.asset_materialization


@dataclass(frozen=True, slots=True)
class AssetCheckRecord:
    """The newest verdict of a check."""

    key: AssetCheckKey
    event: EventLogRecord

    @property
    def run_id(self) -> str:
        """The run that gave it."""
        return self.event.run_id

    @property
    def evaluation(self) -> AssetCheckEvaluation | None:
        """The verdict."""
        return self.event.event_log_entry.asset_check_evaluation

    @property
    def passed(self) -> bool:
        """Whether the asset was as it should be."""
        return self.evaluation is not None and self.evaluation.passed

    @property
    def status(self) -> str:
        """`SUCCEEDED` or `FAILED`."""
        return "SUCCEEDED" if self.passed else "FAILED"
