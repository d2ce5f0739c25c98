"""A ledger in memory, for tests and scripts; threads may share it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from itertools import islice
from typing import TYPE_CHECKING

from headrace.errors import RunNotFoundError
from headrace.execute.events.event_types import EventType
from headrace.instance.assets import AssetCheckRecord, AssetEntry, AssetRecord
from headrace.instance.details import AssetWiped, RunStateChanged
from headrace.instance.event_log import EventLogEntry, EventLogRecord
from headrace.instance.matching import matches_event, matches_run
from headrace.instance.partition_book import PartitionBook
from headrace.instance.runs import RunRecord

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.execute.events.event import Event
    from headrace.instance.filters import EventQuery, RunsFilter
    from headrace.instance.ledger import PartitionStates, RunPage
    from headrace.instance.runs import RecordedRun

_OF_ASSETS = (EventType.ASSET_MATERIALIZATION, EventType.ASSET_OBSERVATION)


class MemoryLedger:
    """Keeps everything in this process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._last_id = 0
        self._events: dict[int, EventLogRecord] = {}
        self._runs: dict[str, RunRecord] = {}
        self._assets: dict[AssetKey, AssetRecord] = {}
        self._checks: dict[tuple[AssetKey, str], EventLogRecord] = {}
        self._partitions = PartitionBook()
        self._dynamic: dict[str, dict[str, None]] = {}

    # Events

    def store(self, event: Event) -> None:
        """Keeps an event, and what it says of its run and asset."""
        with self._lock:
            self._last_id += 1
            run = self._runs.get(event.run_id)
            entry = EventLogEntry(event, run.run.job_name if run is not None else None)
            record = EventLogRecord(self._last_id, entry)
            self._events[self._last_id] = record
            if isinstance(event.detail, RunStateChanged):
                self._change_run(event, event.detail)
            if event.asset_key is not None:
                self._project(event.asset_key, record)

    def events(self, query: EventQuery) -> list[EventLogRecord]:
        """The events that a query finds."""
        with self._lock:
            found = self._events.values()
            ordered = found if query.ascending else reversed(found)
            return list(islice((each for each in ordered if matches_event(query, each)), query.limit))

    def _project(self, key: AssetKey, record: EventLogRecord) -> None:
        self._partitions.note(record.event_log_entry.event)
        kind = record.event_log_entry.dagster_event_type
        verdict = record.event_log_entry.asset_check_evaluation
        if verdict is not None:
            self._checks[key, verdict.check_name] = record
        if kind not in _OF_ASSETS:
            return
        known = self._assets.get(key) or AssetRecord(len(self._assets) + 1, AssetEntry(key))
        if kind is EventType.ASSET_MATERIALIZATION:
            entry = replace(known.asset_entry, last_materialization_record=record)
        else:
            entry = replace(known.asset_entry, last_observation_record=record)
        self._assets[key] = replace(known, asset_entry=entry)

    # Runs

    def begin_run(self, run: RecordedRun, time: float) -> None:
        """Keeps a run that is executed outside of the services."""
        with self._lock:
            moment = _moment(time)
            self._runs[run.run_id] = RunRecord(len(self._runs) + 1, run, moment, moment)

    def runs(self, wanted: RunsFilter, page: RunPage) -> list[RunRecord]:
        """The runs that a filter finds, newest first unless asked otherwise."""
        with self._lock:
            ordered = list(self._runs.values() if page.ascending else reversed(self._runs.values()))
        if page.cursor is not None:
            place = next((n for n, each in enumerate(ordered) if each.run.run_id == page.cursor), len(ordered))
            ordered = ordered[place + 1 :]
        return list(islice((each for each in ordered if matches_run(wanted, each)), page.limit))

    def count_runs(self, wanted: RunsFilter) -> int:
        """How many runs a filter finds."""
        with self._lock:
            return sum(matches_run(wanted, each) for each in self._runs.values())

    def tag_run(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a run."""
        with self._lock:
            record = self._run(run_id)
            tagged = record.run.with_tags({**record.run.tags, **tags})
            self._runs[run_id] = replace(record, dagster_run=tagged)

    def delete_run(self, run_id: str) -> None:
        """Removes a run and its events; what it made of assets stays known."""
        with self._lock:
            self._run(run_id)
            del self._runs[run_id]
            self._events = {
                number: each
                for number, each in self._events.items()
                if each.run_id != run_id or each.event_log_entry.dagster_event_type in _OF_ASSETS
            }

    def _run(self, run_id: str) -> RunRecord:
        if run_id not in self._runs:
            raise RunNotFoundError(f"there is no run {run_id}", metadata={"run_id": run_id})
        return self._runs[run_id]

    def _change_run(self, event: Event, change: RunStateChanged) -> None:
        record = self._runs.get(event.run_id)
        if record is None:
            return
        self._runs[event.run_id] = replace(
            record,
            dagster_run=record.run.with_state(change.state),
            update_timestamp=_moment(event.time),
            start_time=event.time if change.event_type is EventType.RUN_START else record.start_time,
            end_time=event.time if change.state.finished else record.end_time,
        )
        if change.state.finished:
            self._partitions.end_run(event.run_id)

    # Assets

    def asset_records(self, keys: Iterable[AssetKey] | None) -> list[AssetRecord]:
        """What is known of assets, by key; of all when no keys are given."""
        with self._lock:
            wanted = sorted(self._assets if keys is None else set(keys))
            return [self._assets[key] for key in wanted if key in self._assets]

    def asset_keys(self, prefix: Sequence[str], after: str, limit: int | None) -> list[AssetKey]:
        """The assets of which something was recorded, by key."""
        with self._lock:
            known = sorted(self._assets)
        found = (key for key in known if key.parts[: len(prefix)] == tuple(prefix) and key.to_string() > after)
        return list(islice(found, limit))

    def wipe(self, key: AssetKey, partitions: Sequence[str]) -> None:
        """Forgets what was recorded of an asset, or of some of its partitions."""
        with self._lock:
            gone = {
                number
                for number, each in self._events.items()
                if each.asset_key == key
                and not isinstance(each.event_log_entry.event.detail, AssetWiped)
                and (not partitions or each.partition_key in partitions)
            }
            for number in gone:
                del self._events[number]
            self._partitions.wipe(key, partitions)
            self._assets.pop(key, None)
            for record in self._events.values():
                if record.asset_key == key:
                    self._project(key, record)

    def partition_states(self, key: AssetKey, among: Sequence[str] = ()) -> PartitionStates:
        """What is known of the partitions of an asset, whatever is asked for."""
        with self._lock:
            return self._partitions.states(key)

    def latest_check(self, key: AssetCheckKey, partition: str | None) -> AssetCheckRecord | None:
        """The newest verdict of a check."""
        with self._lock:
            record = self._checks.get((key.asset_key, key.name))
        fits = record is not None and (partition is None or record.partition_key == partition)
        return AssetCheckRecord(key, record) if record is not None and fits else None

    # Dynamic partitions

    def dynamic_partitions(self, name: str) -> list[str]:
        """The keys of a dynamic set, in the order in which they were added."""
        with self._lock:
            return list(self._dynamic.get(name, ()))

    def has_dynamic_partition(self, name: str, key: str) -> bool:
        """Whether a dynamic set has a key."""
        with self._lock:
            return key in self._dynamic.get(name, ())

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Adds keys to a dynamic set; those it has stay where they are."""
        with self._lock:
            self._dynamic.setdefault(name, {}).update(dict.fromkeys(keys))

    def delete_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        """Takes keys out of a dynamic set."""
        with self._lock:
            known = self._dynamic.get(name, {})
            for key in keys:
                known.pop(key, None)

    def close(self) -> None:
        """Nothing is open."""


def _moment(time: float) -> datetime:
    return datetime.fromtimestamp(time, timezone.utc)
