"""What to look for in the records of an instance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from headrace.errors import InvalidInvocationError
from headrace.execute.events.event_types import EventType

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.run_state import RunState


@dataclass(frozen=True, slots=True)
class RunsFilter:
    """Which runs; all that is given must hold.

    Attributes:
        run_ids: Any of these.
        job_name: Of this job.
        statuses: In any of these states.
        tags: With all of these tags; a list of values means any of them.
        snapshot_id: Accepted for older code; not used.
        updated_after: Changed after this moment.
        updated_before: Changed before this moment.
        created_after: Made after this moment.
        created_before: Made before this moment.
    """

    run_ids: Sequence[str] | None = None
    job_name: str | None = None
    statuses: Sequence[RunState] = ()
    tags: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    snapshot_id: str | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRecordsFilter:
    """Which events; all that is given must hold.

    Attributes:
        event_type: Of this type.
        asset_key: About this asset.
        asset_partitions: About any of these partitions.
        after_cursor: Stored after the event with this storage id.
        before_cursor: Stored before it.
        after_timestamp: Happened after this moment, in seconds since 1970.
        before_timestamp: Happened before this moment.
        storage_ids: Any of these.
    """

    event_type: EventType
    asset_key: AssetKey | None = None
    asset_partitions: Sequence[str] | None = None
    after_cursor: int | None = None
    before_cursor: int | None = None
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    storage_ids: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.event_type, EventType):
            raise InvalidInvocationError(f"EventRecordsFilter: event_type is an EventType, not {self.event_type!r}.")


@dataclass(frozen=True, slots=True)
class AssetRecordsFilter:
    """Which events of an asset; all that is given must hold.

    Attributes:
        asset_key: The asset.
        asset_partitions: About any of these partitions.
        after_timestamp: Happened after this moment, in seconds since 1970.
        before_timestamp: Happened before this moment.
        after_storage_id: Stored after the event with this storage id.
        before_storage_id: Stored before it.
        storage_ids: Any of these.
    """

    asset_key: AssetKey
    asset_partitions: Sequence[str] | None = None
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    after_storage_id: int | None = None
    before_storage_id: int | None = None
    storage_ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class RunStatusChangeRecordsFilter:
    """Which events by which runs reached a state; all that is given must hold.

    Attributes:
        event_type: The event, such as `EventType.RUN_SUCCESS`.
        after_timestamp: Happened after this moment, in seconds since 1970.
        before_timestamp: Happened before this moment.
        after_storage_id: Stored after the event with this storage id.
        before_storage_id: Stored before it.
        storage_ids: Any of these.
        job_names: Of runs of any of these jobs.
    """

    event_type: EventType
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    after_storage_id: int | None = None
    before_storage_id: int | None = None
    storage_ids: Sequence[int] | None = None
    job_names: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which events a ledger is asked for; all that is given must hold.

    Attributes:
        event_types: Of any of these types; None: of any, lines of logs included.
        partitions: About any of these partitions.
        job_names: Of runs of any of these jobs.
        after_id: Stored after the event with this storage id.
        before_id: Stored before it.
        ascending: Oldest first instead of newest first.
        limit: At most this many.
    """

    event_types: Collection[EventType] | None = None
    run_id: str | None = None
    asset_key: AssetKey | None = None
    partitions: Collection[str] | None = None
    job_names: Collection[str] | None = None
    after_id: int | None = None
    before_id: int | None = None
    after_timestamp: float | None = None
    before_timestamp: float | None = None
    storage_ids: Collection[int] | None = None
    ascending: bool = False
    limit: int | None = None
