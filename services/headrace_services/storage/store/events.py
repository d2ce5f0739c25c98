"""Events: appended under a run's lock, read by run or as one feed of all runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert

from headrace_services.storage.store.database import EventRow
from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import assets, materializations
from headrace_services.storage.store.transaction import Transaction


class NewEvent(NamedTuple):
    """An event to be stored, its message without a sequence number."""

    kind: int
    step_key: str
    asset_key: str | None
    payload: bytes
    # Of a materialization, empty if it has no partition; None for every other kind of event.
    partition_key: str | None = None


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
    _project(tx, first, new)
    tx.hints.run_ids.add(run_id)


def _project(tx: Transaction, first: int, new: Sequence[NewEvent]) -> None:
    made: list[dict[str, Any]] = [
        {
            "asset_key": event.asset_key,
            "partition_key": event.partition_key,
            "sequence": sequence,
            "payload": event.payload,
        }
        for sequence, event in enumerate(new, first)
        if event.partition_key is not None
    ]
    if not made:
        return
    tx.connection.execute(_INSERT_MATERIALIZATION, made)
    counts = Counter(row["asset_key"] for row in made)
    tx.connection.execute(
        _COUNT[tx.database.name], [{"key": key, "count": count} for key, count in sorted(counts.items())]
    )


def _count(statement: Any) -> Any:
    upsert = statement.values(asset_key=bindparam("key"), materialization_count=bindparam("count"))
    return upsert.on_conflict_do_update(
        index_elements=[assets.c.asset_key],
        set_={"materialization_count": assets.c.materialization_count + upsert.excluded.materialization_count},
    )


_INSERT_MATERIALIZATION = insert(materializations)
_COUNT = PerDatabase(assets, _count)
