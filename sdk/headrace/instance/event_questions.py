"""What user code asks an instance about events."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.errors import InvalidInvocationError
from headrace.execute.events.event_types import EventType
from headrace.instance.details import RunStateChanged
from headrace.instance.event_log import EventLogConnection, EventLogEntry, EventLogRecord, EventRecordsResult
from headrace.instance.filters import (
    AssetRecordsFilter,
    EventQuery,
    EventRecordsFilter,
    RunStatusChangeRecordsFilter,
)
from headrace.instance.ledger import LedgerReader
from headrace.run_state import RunState

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey

EventTypes = EventType | AbstractSet[EventType] | None


class EventQuestions(LedgerReader):
    """The part of an instance that knows events."""

    # Of assets

    def fetch_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """A page of the materializations of an asset.

        Args:
            records_filter: The asset, or which of its events.
            limit: At most this many.
            cursor: From the page before.
            ascending: Oldest first instead of newest first.
        """
        return self._fetch(EventType.ASSET_MATERIALIZATION, records_filter, limit, cursor, ascending)

    def fetch_last_materialization(self, asset_key: AssetKey, partition: str | None = None) -> EventLogRecord | None:
        """The newest materialization of an asset, or of one of its partitions.

        Args:
            asset_key: The asset.
            partition: The partition; any when left out.
        """
        query = EventQuery(
            event_types=(EventType.ASSET_MATERIALIZATION,),
            asset_key=asset_key,
            partitions=None if partition is None else [partition],
            limit=1,
        )
        return next(iter(self._ledger.events(query)), None)

    def fetch_observations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """A page of the observations of an asset.

        Args:
            records_filter: The asset, or which of its events.
            limit: At most this many.
            cursor: From the page before.
            ascending: Oldest first instead of newest first.
        """
        return self._fetch(EventType.ASSET_OBSERVATION, records_filter, limit, cursor, ascending)

    def fetch_planned_materializations(
        self,
        records_filter: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """A page of what runs planned to make of an asset.

        Args:
            records_filter: The asset, or which of its events.
            limit: At most this many.
            cursor: From the page before.
            ascending: Oldest first instead of newest first.
        """
        return self._fetch(EventType.ASSET_MATERIALIZATION_PLANNED, records_filter, limit, cursor, ascending)

    def fetch_run_status_changes(
        self,
        records_filter: EventType | RunStatusChangeRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,
    ) -> EventRecordsResult:
        """A page of the events by which runs reached a state.

        Args:
            records_filter: The type of event, such as `EventType.RUN_SUCCESS`, or which of these events.
            limit: At most this many.
            cursor: From the page before.
            ascending: Oldest first instead of newest first.
        """
        if not isinstance(records_filter, RunStatusChangeRecordsFilter):
            records_filter = RunStatusChangeRecordsFilter(records_filter)
        query = EventQuery(
            event_types=(records_filter.event_type,),
            job_names=records_filter.job_names,
            after_id=records_filter.after_storage_id,
            before_id=records_filter.before_storage_id,
            after_timestamp=records_filter.after_timestamp,
            before_timestamp=records_filter.before_timestamp,
            storage_ids=records_filter.storage_ids,
        )
        return self._page(query, limit, cursor, ascending)

    def fetch_run_states(self, state: str, limit: int, after_storage_id: int | None = None) -> Sequence[EventLogRecord]:
        """The events by which runs reached a state: the oldest after one that was seen, or the newest.

        Args:
            state: The state, such as `failed`.
            limit: At most this many.
            after_storage_id: The one that was seen.
        """
        event_type = RunStateChanged(RunState(state), "").event_type
        if event_type is None:
            return []
        records_filter = RunStatusChangeRecordsFilter(event_type, after_storage_id=after_storage_id)
        return self.fetch_run_status_changes(records_filter, limit, ascending=after_storage_id is not None).records

    def get_event_records(
        self, event_records_filter: EventRecordsFilter, limit: int | None = None, ascending: bool = False
    ) -> Sequence[EventLogRecord]:
        """Events of one type.

        Args:
            event_records_filter: Which.
            limit: At most this many.
            ascending: Oldest first instead of newest first.
        """
        wanted = event_records_filter
        return self._ledger.events(
            EventQuery(
                event_types=(wanted.event_type,),
                asset_key=wanted.asset_key,
                partitions=wanted.asset_partitions,
                after_id=wanted.after_cursor,
                before_id=wanted.before_cursor,
                after_timestamp=wanted.after_timestamp,
                before_timestamp=wanted.before_timestamp,
                storage_ids=wanted.storage_ids,
                ascending=ascending,
                limit=limit,
            )
        )

    # Of runs

    def all_logs(self, run_id: str, of_type: EventTypes = None) -> Sequence[EventLogEntry]:
        """All events of a run, oldest first.

        Args:
            run_id: The run.
            of_type: Only events of this type, or of these.
        """
        query = EventQuery(run_id=run_id, event_types=_types(of_type), ascending=True)
        return [each.event_log_entry for each in self._ledger.events(query)]

    def get_records_for_run(
        self,
        run_id: str,
        cursor: str | None = None,
        of_type: EventTypes = None,
        limit: int | None = None,
        ascending: bool = True,
    ) -> EventLogConnection:
        """A page of the events of a run.

        Args:
            run_id: The run.
            cursor: From the page before.
            of_type: Only events of this type, or of these.
            limit: At most this many.
            ascending: Oldest first instead of newest first.
        """
        page = self._page(EventQuery(run_id=run_id, event_types=_types(of_type)), limit, cursor, ascending)
        return EventLogConnection(page.records, page.cursor, page.has_more)

    def get_step_failure_events(self, run_id: str) -> Sequence[EventLogEntry]:
        """The events of the steps of a run that failed.

        Args:
            run_id: The run.
        """
        return self.all_logs(run_id, EventType.STEP_FAILURE)

    def _fetch(
        self,
        kind: EventType,
        wanted: AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None,
        ascending: bool,
    ) -> EventRecordsResult:
        if not isinstance(wanted, AssetRecordsFilter):
            return self._page(EventQuery(event_types=(kind,), asset_key=wanted), limit, cursor, ascending)
        query = EventQuery(
            event_types=(kind,),
            asset_key=wanted.asset_key,
            partitions=wanted.asset_partitions,
            after_id=wanted.after_storage_id,
            before_id=wanted.before_storage_id,
            after_timestamp=wanted.after_timestamp,
            before_timestamp=wanted.before_timestamp,
            storage_ids=wanted.storage_ids,
        )
        return self._page(query, limit, cursor, ascending)

    def _page(self, query: EventQuery, limit: int | None, cursor: str | None, ascending: bool) -> EventRecordsResult:
        """One more than asked for is read, which tells whether there are more."""
        place = _place(cursor)
        if place is not None and ascending:
            query = replace(query, after_id=max(place, query.after_id or 0))
        elif place is not None:
            query = replace(query, before_id=min(place, query.before_id or place))
        most = None if limit is None else limit + 1
        found = self._ledger.events(replace(query, ascending=ascending, limit=most))
        records = found[:limit]
        end = records[-1].storage_id if records else place
        return EventRecordsResult(records, "" if end is None else str(end), len(found) > len(records))


def _types(given: EventTypes) -> AbstractSet[EventType] | None:
    return {given} if isinstance(given, EventType) else given


def _place(cursor: str | None) -> int | None:
    if not cursor:
        return None
    if not str(cursor).isdigit():
        raise InvalidInvocationError(f"{cursor!r} is no cursor of an instance: use that of the page before.")
    return int(cursor)
