"""Storing ticks with their runs and cursors: any number in a few statements, each by itself right or stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, CommitTickResponse
from headrace.api.types.v1.backfill_pb2 import Backfill, BackfillTarget
from headrace.api.types.v1.instigator_pb2 import Tick
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import RunIdTakenError
from headrace_services.storage.messages.backfill_messages import backfill_spec
from headrace_services.storage.messages.event_messages import reports
from headrace_services.storage.messages.run_messages import new_run, set_time
from headrace_services.storage.messages.tick_messages import (
    etag_of,
    instigator_message,
    ref_of,
    tick_id_of,
    tick_message,
)
from headrace_services.storage.operations.checks import require, require_ref, wrong
from headrace_services.storage.operations.create_backfill import add_backfill, check_backfill
from headrace_services.storage.operations.create_run import queue_runs
from headrace_services.storage.operations.partition_changes import change_locks, change_partitions, check_changes
from headrace_services.storage.operations.reports import asset_locks
from headrace_services.storage.store import events, instigators, runs, ticks
from headrace_services.storage.store.hints import TICK
from headrace_services.storage.store.instigators import Change, InstigatorRecord, Ref
from headrace_services.storage.store.locks import REPORTS_LOCK, backfill_lock, instigator_lock, run_lock
from headrace_services.storage.store.ticks import NewTick, StoredTick, UsedKey
from headrace_services.storage.store.transaction import Transaction

MOST_RUNS = 1000
_MOST_EVENTS = 500


def check_tick(request: CommitTickRequest) -> None:
    """Makes sure that a tick can be stored.

    Raises:
        InvalidArgumentError: it cannot.
    """
    require_ref("tick.ref", request.tick.ref)
    if not request.tick.HasField("due_time"):
        raise wrong("tick.due_time", "must be set")
    if not request.tick.result:
        raise wrong("tick.result", "must say how the tick ended")
    if len(request.runs) > MOST_RUNS:
        raise wrong("runs", f"has {len(request.runs)} runs, a tick may make {MOST_RUNS}")
    for run in request.runs:
        require(run, "run_id", "location_name", "job_name")
    for backfill in request.tick.backfills:
        check_backfill("tick.backfills", backfill)
    check_changes("partition_changes", request.partition_changes)
    if len(request.asset_events) > _MOST_EVENTS:
        raise wrong("asset_events", f"has {len(request.asset_events)} events, a tick may tell of {_MOST_EVENTS}")
    reports(request.asset_events)


def locks_of(requests: Iterable[CommitTickRequest]) -> frozenset[int]:
    """Returns what these ticks touch."""
    return frozenset(lock for request in requests for lock in _locks_of(request))


def _locks_of(request: CommitTickRequest) -> Iterator[int]:
    yield instigator_lock(*ref_of(request.tick.ref))
    yield from (run_lock(run.run_id) for run in request.runs)
    yield from (backfill_lock(backfill.backfill_id) for backfill in request.tick.backfills)
    yield from change_locks(request.partition_changes)
    if request.asset_events:
        yield REPORTS_LOCK
        yield from asset_locks(reports(request.asset_events))


def commit_ticks_of(tx: Transaction, requests: Sequence[CommitTickRequest]) -> list[CommitTickResponse | None]:
    """Stores ticks; an answer each, None for one that is stale.

    Raises:
        RunIdTakenError: a run is there already.
    """
    offers = [_Offer(request, ref_of(request.tick.ref), request.tick.due_time.ToMicroseconds()) for request in requests]
    known = instigators.find_all(tx.connection, [offer.ref for offer in offers])
    stored = ticks.find_all(tx, [(known[offer.ref].number, offer.due) for offer in offers if offer.ref in known])
    for offer in offers:
        offer.compare(known.get(offer.ref), stored)
    # Of two that say they have read the same, one is stale.
    fresh = {offer.ref: offer for offer in reversed(offers) if offer.fresh}
    _store(tx, list(fresh.values()))
    return [offer.answer for offer in offers]


@dataclass(slots=True, eq=False)
class _Offer:
    request: CommitTickRequest
    ref: Ref
    due: int
    known: InstigatorRecord | None = None
    answer: CommitTickResponse | None = None
    fresh: bool = False

    def compare(self, known: InstigatorRecord | None, stored: dict[tuple[int, int], StoredTick]) -> None:
        """Compares it with what is there."""
        self.known = known
        before = stored.get((known.number, self.due)) if known else None
        if known and before:
            tick = tick_message(before.payload)
            self.answer = CommitTickResponse(tick=tick, committed=False, instigator=instigator_message(known))
        else:
            self.fresh = self.request.etag == etag_of(known)

    def change(self) -> Change:
        """What it changes of its instigator."""
        request, known = self.request, self.known
        failed = request.tick.result == ticks.FAILED
        values: dict[str, Any] = {
            "last_tick_time": max(self.due, known.last_tick_time or self.due) if known else self.due,
            "failure_count": (known.failure_count if known else 0) + 1 if failed else 0,
        }
        if not failed or request.failed_moves_cursor:
            values["cursor"] = request.tick.cursor
        keys = [run.origin.run_key for run in request.runs if run.origin.run_key]
        if keys:
            values["last_run_key"] = keys[-1]
        return Change(self.ref, known, values)

    def tick(self, now: int, unused: set[str]) -> Tick:
        """The tick as it is stored, when the keys of some runs turned out to be used."""
        tick = Tick()
        tick.CopyFrom(self.request.tick)
        tick.tick_id = tick_id_of(self.ref, self.due)
        set_time(tick.finish_time, now)
        del tick.run_ids[:], tick.repeated_run_keys[:], tick.backfills[:]
        tick.backfills.extend(map(_named, self.request.tick.backfills))
        for run in self.request.runs:
            if not run.origin.run_key or run.run_id in unused:
                tick.run_ids.append(run.run_id)
            else:
                tick.repeated_run_keys.append(run.origin.run_key)
        return tick


def _named(backfill: Backfill) -> Backfill:
    """Returns what a tick keeps of a backfill: which partitions it is to make, it says itself."""
    targets = [BackfillTarget(asset_key=each.asset_key) for each in backfill.targets]
    return Backfill(backfill_id=backfill.backfill_id, targets=targets)


def _store(tx: Transaction, offers: Sequence[_Offer]) -> None:
    written = instigators.store_all(tx, [offer.change() for offer in offers])
    offers = [offer for offer in offers if offer.ref in written]
    keys = [
        UsedKey(written[offer.ref].number, run.origin.run_key, run.run_id)
        for offer in offers
        for run in offer.request.runs
        if run.origin.run_key
    ]
    unused = ticks.use_keys(tx, keys)
    new, made = [], []
    for offer in offers:
        tick, instigator = offer.tick(tx.now, unused), written[offer.ref]
        offer.answer = CommitTickResponse(tick=tick, committed=True, instigator=instigator_message(instigator))
        new.append(NewTick(instigator.number, offer.due, tick.result, tick.SerializeToString()))
        wanted = set(tick.run_ids)
        made += [_of_tick(run, tick.tick_id) for run in offer.request.runs if run.run_id in wanted]
        for backfill in offer.request.tick.backfills:
            add_backfill(tx, backfill, backfill_spec(backfill))
        change_partitions(tx, offer.request.partition_changes)
        if offer.request.asset_events:
            events.report(tx, reports(offer.request.asset_events))
    ticks.add_all(tx, new)
    if new:
        tx.hints.kinds.add(TICK)
    _make(tx, made)


def _of_tick(run: Run, tick_id: str) -> Run:
    wanted = Run()
    wanted.CopyFrom(run)
    wanted.origin.tick_id = tick_id
    return wanted


def _make(tx: Transaction, wanted: Sequence[Run]) -> None:
    if not wanted:
        return
    taken = runs.taken(tx.connection, [run.run_id for run in wanted])
    if taken:
        raise RunIdTakenError(f"run id {taken[0]} is taken: make a new id", metadata={"run_id": taken[0]})
    queue_runs(tx, [new_run(run) for run in wanted])
