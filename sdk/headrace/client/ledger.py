"""The ledger of a running Headrace, through its public services: what `Instance.get()` and `Instance.remote()` read."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from headrace.client import asset_calls, partition_calls, run_calls
from headrace.client.call import Call, Listing
from headrace.client.connection import Connection
from headrace.client.ledger_records import asset_record, check_record, event_record, kinds_of, of_run, run_record
from headrace.client.target import resolve_target, resolve_token
from headrace.definitions.assets.key import AssetKey
from headrace.errors import AssetNotFoundError, InvalidInvocationError, RunNotFoundError
from headrace.instance.details import AssetWiped
from headrace.instance.ledger import PartitionStates, RunPage
from headrace.instance.matching import matches_event, matches_run
from headrace.wire.events import to_event

if TYPE_CHECKING:
    from headrace.api.gateway.v1.asset_service_pb2 import AssetRecord as AssetMessage
    from headrace.api.types.v1.run_pb2 import Run
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.execute.events.event import Event
    from headrace.instance.assets import AssetCheckRecord, AssetRecord
    from headrace.instance.event_log import EventLogRecord
    from headrace.instance.filters import EventQuery, RunsFilter
    from headrace.instance.runs import RecordedRun, RunRecord

T = TypeVar("T")

_MOST_KEYS = 1000


class RemoteLedger:
    """Asks the gateway. Connects when it is first asked, and anew in a process that was forked.

    Args:
        target: The gateway's address; by default what `HEADRACE_TARGET` names, else `127.0.0.1:4270`.
    """

    def __init__(self, target: str | None = None) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._pid = 0

    # Events

    def store(self, event: Event) -> None:
        """Reports an event that belongs to no run."""
        if event.run_id:
            raise InvalidInvocationError(
                "A run of this process cannot be recorded by a running Headrace: launch it there, with Client.submit_job."
            )
        if not isinstance(event.detail, AssetWiped):
            self._send(asset_calls.report_asset_events([to_event(event)]))

    def events(self, query: EventQuery) -> list[EventLogRecord]:
        """The events that a query finds, of a run or of an asset."""
        if query.run_id is None and query.asset_key is None:
            raise InvalidInvocationError(
                "A running Headrace is asked for events of a run or of an asset; Client.watch_events follows those of all."
            )
        found = self._of_run(query, query.run_id) if query.run_id is not None else self._of_asset(query)
        return list(islice((each for each in found if matches_event(query, each)), query.limit))

    def _of_run(self, query: EventQuery, run_id: str) -> Iterator[EventLogRecord]:
        listing = run_calls.list_events(run_id, kinds=kinds_of(query.event_types), asset_keys=(), step_key="")
        job_name = self._run(run_id).job_name if run_id else None
        pages = self._messages(listing, "events")
        found = (record for event in pages if (record := of_run(event, job_name)) is not None)
        return found if query.ascending else reversed(list(found))

    def _of_asset(self, query: EventQuery) -> Iterator[EventLogRecord]:
        assert query.asset_key is not None
        kinds = kinds_of(query.event_types)
        if query.event_types is not None and not kinds:
            return iter(())
        listing = asset_calls.list_asset_events(
            query.asset_key,
            kinds=kinds,
            partition_keys=query.partitions or (),
            after=query.after_id or 0,
            before=query.before_id or 0,
            ascending=query.ascending,
        )
        pages = self._messages(listing, "events", query.limit)
        return (event_record(each) for each in pages)

    # Runs

    def runs(self, wanted: RunsFilter, page: RunPage) -> list[RunRecord]:
        """The runs that a filter finds, newest first unless asked otherwise."""
        found = self._runs(wanted, page)
        if page.cursor is not None:
            found = _after(found, page.cursor)
        return list(islice(found, page.limit))

    def count_runs(self, wanted: RunsFilter) -> int:
        """How many runs a filter finds."""
        return sum(1 for _ in self._runs(wanted, RunPage()))

    def _runs(self, wanted: RunsFilter, page: RunPage) -> Iterator[RunRecord]:
        records = (record for run in self._run_messages(wanted, page) if matches_run(wanted, record := run_record(run)))
        return iter(sorted(records, key=lambda each: each.storage_id)) if page.ascending else records

    def _run_messages(self, wanted: RunsFilter, page: RunPage) -> Iterator[Run]:
        if wanted.run_ids is not None:
            yield from (run for run_id in wanted.run_ids if (run := self._find(run_id)) is not None)
            return
        tags = {name: value for name, value in (wanted.tags or {}).items() if isinstance(value, str)}
        listing = run_calls.list_runs(
            states=wanted.statuses or (),
            job_name=wanted.job_name or "",
            location_name="",
            tags=tags,
            created_from=wanted.created_after,
            created_before=wanted.created_before,
        )
        most = page.limit if page.cursor is None and not page.ascending else None
        yield from self._messages(listing, "runs", most)

    def begin_run(self, run: RecordedRun, time: float) -> None:
        """Refuses: runs are made by submitting them."""
        raise InvalidInvocationError(
            "A run of this process cannot be recorded by a running Headrace: launch it there, with Client.submit_job."
        )

    def tag_run(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a run."""
        self._send(run_calls.add_run_tags(run_id, tags))

    def delete_run(self, run_id: str) -> None:
        """Removes a finished run and its events; what it made of assets stays known."""
        self._send(run_calls.delete_run(run_id))

    def _run(self, run_id: str) -> Run:
        run: Run = self._message(run_calls.get_run(run_id), "run")
        return run

    def _find(self, run_id: str) -> Run | None:
        try:
            return self._run(run_id)
        except RunNotFoundError:
            return None

    # Assets

    def asset_records(self, keys: Iterable[AssetKey] | None) -> list[AssetRecord]:
        """What is known of assets, by key; of all when no keys are given."""
        messages = self._all_assets(None) if keys is None else map(self._asset, sorted(set(keys)))
        return [record for each in messages if each is not None and (record := asset_record(each)) is not None]

    def asset_keys(self, prefix: Sequence[str], after: str, limit: int | None) -> list[AssetKey]:
        """The assets of which something was recorded, by key."""
        records = filter(None, map(asset_record, self._all_assets(prefix or None)))
        return list(islice((each.asset_key for each in records if each.asset_key.to_string() > after), limit))

    def wipe(self, key: AssetKey, partitions: Sequence[str]) -> None:
        """Forgets what was recorded of an asset, or of some of its partitions."""
        self._send(asset_calls.wipe_asset(key, partition_keys=partitions))

    def partition_states(self, key: AssetKey, among: Sequence[str] = ()) -> PartitionStates:
        """What is known of the partitions of an asset; only of some if `among` has any."""
        # Many keys are not worth asking for one by one.
        asked = among if len(among) <= _MOST_KEYS else ()
        try:
            found = list(self._pages(asset_calls.list_partition_states(key, partition_keys=asked)))
        except AssetNotFoundError:
            return PartitionStates()
        return PartitionStates(
            materialized=frozenset(each.partition_key for each in found if each.materialized),
            in_progress=frozenset(each.partition_key for each in found if each.in_progress),
            failed=frozenset(each.partition_key for each in found if each.failed),
        )

    def latest_check(self, key: AssetCheckKey, partition: str | None) -> AssetCheckRecord | None:
        """The newest verdict of a check."""
        asset = self._asset(key.asset_key)
        record = None if asset is None else check_record(asset, key)
        return record if record is None or partition in (None, record.event.partition_key) else None

    def _asset(self, key: AssetKey) -> AssetMessage | None:
        try:
            found: AssetMessage = self._message(asset_calls.get_asset(key), "asset")
        except AssetNotFoundError:
            return None
        return found

    def _all_assets(self, prefix: Sequence[str] | None) -> Iterator[AssetMessage]:
        listing = asset_calls.list_assets(group_name="", location_name="", prefix=prefix)
        return self._messages(listing, "assets")

    # Dynamic partitions

    def dynamic_partitions(self, name: str) -> list[str]:
        """The keys of a dynamic set, in the order in which they were added."""
        return list(self._pages(partition_calls.list_dynamic_partitions(name)))

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """Whether a dynamic set has a key."""
        return bool(list(self._pages(partition_calls.list_dynamic_partitions(name, among=[key]))))

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Adds keys to a dynamic set; those it has stay where they are."""
        self._send(partition_calls.change_dynamic_partitions(name, added=keys))

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Takes keys out of a dynamic set."""
        self._send(partition_calls.change_dynamic_partitions(name, deleted=keys))

    # The connection

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def _send(self, call: Call[Any]) -> Any:
        return self._connected().send(call)

    def _messages(self, listing: Listing[Any], field: str, limit: int | None = None) -> Iterator[Any]:
        """The messages of all pages as they came."""
        return self._pages(dataclasses.replace(listing, read=lambda page: list(getattr(page, field))), limit)

    def _message(self, call: Call[Any], field: str) -> Any:
        return self._send(dataclasses.replace(call, read=lambda answer: getattr(answer, field)))

    def _pages(self, listing: Listing[T], limit: int | None = None) -> Iterator[T]:
        token = ""
        while True:
            page, token = self._connected().send(listing.page(token, limit))
            yield from page
            if not token:
                return

    def _connected(self) -> Connection:
        with self._lock:
            # A channel does not survive a fork, and whoever forked us goes on using it.
            if self._connection is None or self._pid != os.getpid():
                self._connection = Connection(
                    resolve_target(self._target), token=resolve_token(None), tls=None, retry=None
                )
                self._pid = os.getpid()
            return self._connection


def _after(records: Iterator[RunRecord], run_id: str) -> Iterator[RunRecord]:
    for record in records:
        if record.dagster_run.run_id == run_id:
            break
    return records
