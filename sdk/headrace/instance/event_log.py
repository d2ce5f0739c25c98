"""Events as an instance gives them out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.result import AssetCheckEvaluation
    from headrace.execute.events.event import Event, FailureInfo
    from headrace.execute.events.event_types import EventType


@dataclass(frozen=True, slots=True)
class EventLogEntry:
    """One event of a run, or of an asset outside of any run.

    Attributes:
        event: What happened.
        job_name: The job of the run; None outside of any.
    """

    event: Event
    job_name: str | None = None

    @property
    def run_id(self) -> str:
        """The run; empty outside of any."""
        return self.event.run_id

    @property
    def timestamp(self) -> float:
        """When it happened, in seconds since 1970."""
        return self.event.time

    @property
    def step_key(self) -> str | None:
        """The step; None for the run as a whole."""
        return self.event.step_key or None

    @property
    def is_dagster_event(self) -> bool:
        """Whether it is more than a line of the log."""
        return self.event.event_type is not None

    @property
    def dagster_event(self) -> Event | None:
        """What happened; None for a line of the log."""
        return self.event if self.is_dagster_event else None

    @property
    def dagster_event_type(self) -> EventType | None:
        """The type of the event; None for a line of the log."""
        return self.event.event_type

    def get_dagster_event(self) -> Event:
        """What happened."""
        return self.event

    @property
    def level(self) -> int:
        """How much it matters, as the logging module counts."""
        level: int = getattr(self.event.detail, "level", logging.DEBUG)
        return level

    @property
    def message(self) -> str:
        """What happened, for people."""
        return self.event.message

    @property
    def user_message(self) -> str:
        """What was logged, or what happened, for people."""
        return self.event.message

    @property
    def error_info(self) -> FailureInfo | None:
        """The error that it tells of."""
        failure: FailureInfo | None = getattr(self.event.detail, "failure", None)
        return failure

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about."""
        return self.event.asset_key

    @property
    def partition(self) -> str | None:
        """The partition that it is about."""
        return self.event.partition

    @property
    def tags(self) -> dict[str, str]:
        """The tags of a materialization or observation."""
        return dict(getattr(self.event.detail, "tags", None) or {})

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made."""
        return self.event.asset_materialization

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What was seen."""
        return self.event.asset_observation

    @property
    def asset_check_evaluation(self) -> AssetCheckEvaluation | None:
        """The verdict of a check."""
        return self.event.asset_check_evaluation


@dataclass(frozen=True, slots=True)
class EventLogRecord:
    """An event and its place in the log.

    Attributes:
        storage_id: Grows with every event that is stored.
        event_log_entry: The event.
    """

    storage_id: int
    event_log_entry: EventLogEntry

    @property
    def run_id(self) -> str:
        """The run; empty outside of any."""
        return self.event_log_entry.run_id

    @property
    def timestamp(self) -> float:
        """When it happened, in seconds since 1970."""
        return self.event_log_entry.timestamp

    @property
    def event_type(self) -> EventType:
        """The type of the event."""
        kind = self.event_log_entry.dagster_event_type
        assert kind is not None
        return kind

    @property
    def asset_key(self) -> AssetKey | None:
        """The asset that it is about."""
        return self.event_log_entry.asset_key

    @property
    def partition_key(self) -> str | None:
        """The partition that it is about."""
        return self.event_log_entry.partition

    @property
    def asset_materialization(self) -> AssetMaterialization | None:
        """What was made."""
        return self.event_log_entry.asset_materialization

    @property
    def asset_observation(self) -> AssetObservation | None:
        """What was seen."""
        return self.event_log_entry.asset_observation

    @property
    def asset_event(self) -> Any:
        """What was made or seen."""
        return self.asset_materialization or self.asset_observation


@dataclass(frozen=True, slots=True)
class EventRecordsResult:
    """A page of records.

    Attributes:
        records: The records.
        cursor: Asks for the next page.
        has_more: Whether there is one.
    """

    records: Sequence[EventLogRecord]
    cursor: str
    has_more: bool


@dataclass(frozen=True, slots=True)
class EventLogConnection:
    """A page of the events of a run: `records`, a `cursor` for the next page, and whether there is one."""

    records: Sequence[EventLogRecord]
    cursor: str
    has_more: bool
