"""Events: appended under a run's lock, read by run or as one feed of all runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from headrace_services.storage.store import history
from headrace_services.storage.store.database import EventRow
from headrace_services.storage.store.history import AssetFact, Entry, Plan
from headrace_services.storage.store.schema import events
from headrace_services.storage.store.transaction import Transaction


class NewEvent(NamedTuple):
    """An event to be stored, its message without a sequence number."""

    kind: int
    step_key: str
    asset_key: str | None
    payload: bytes
    # What it says about the asset.
    fact: AssetFact | None = None
    # What the run is to make, in the event that says so.
    plans: Sequence[Plan] | None = None


class FirstEvent(NamedTuple):
    """The event with which a new run begins."""

    run_id: str
    run_number: int
    event: NewEvent


def begin(tx: Transaction, firsts: Sequence[FirstEvent]) -> None:
    """Stores the first events of new runs."""
    rows = [
        EventRow(run_number, 1, event.kind, event.step_key, event.asset_key, event.payload)
        for _, run_number, event in firsts
    ]
    tx.database.insert_events(tx.connection, rows)
    tx.hints.run_ids.update(first.run_id for first in firsts)


def append(tx: Transaction, run_id: str, run_number: int, last_sequence: int, new: Sequence[NewEvent]) -> None:
    """Stores events as the newest of a run whose row says already that `last_sequence` is the newest."""
    first = last_sequence - len(new) + 1
    rows = [
        EventRow(run_number, sequence, event.kind, event.step_key, event.asset_key, event.payload)
        for sequence, event in enumerate(new, first)
    ]
    tx.database.insert_events(tx.connection, rows)
    _project(tx, run_id, run_number, first, new)
    tx.hints.run_ids.add(run_id)


def report(tx: Transaction, new: Sequence[NewEvent]) -> None:
    """Stores events that belong to no run, under `REPORTS_LOCK`."""
    last = tx.connection.execute(_LAST_REPORT).scalar_one_or_none() or 0
    append(tx, "", NO_RUN, last + len(new), new)


def _project(tx: Transaction, run_id: str, run_number: int, first: int, new: Sequence[NewEvent]) -> None:
    entries = [
        Entry(event.kind, event.asset_key, event.fact, sequence, event.payload)
        for sequence, event in enumerate(new, first)
        if event.asset_key is not None and event.fact is not None
    ]
    # A run plans before it makes anything.
    for event in new:
        if event.plans is not None:
            history.plan(tx, run_number, run_id, event.plans)
    if entries:
        history.keep(tx, run_number, entries)


NO_RUN = 0
_LAST_REPORT = select(func.max(events.c.sequence)).where(events.c.run_number == NO_RUN)
