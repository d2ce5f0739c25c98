"""Ticks: one per instigator and moment, whoever evaluated it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, tuple_

from headrace_services.storage.store.bulk import Among, ManyRows
from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.instigators import Ref
from headrace_services.storage.store.schema import instigators, run_keys, ticks
from headrace_services.storage.store.transaction import Transaction

SUCCEEDED, SKIPPED, FAILED = 1, 2, 3


class StoredTick(NamedTuple):
    """A tick as it is stored."""

    number: int
    due_time: int
    payload: bytes


_RECORD = [ticks.c[name] for name in StoredTick._fields]
_BY_MOMENT = Among(
    select(ticks.c.instigator_number, *_RECORD), numbers=ticks.c.instigator_number, moments=ticks.c.due_time
)


class NewTick(NamedTuple):
    """A tick to be stored."""

    instigator_number: int
    due_time: int
    result: int
    payload: bytes


class UsedKey(NamedTuple):
    """A run key and the run that wants to use it up."""

    instigator_number: int
    run_key: str
    run_id: str


_INSERT = ManyRows(
    ticks, NewTick._fields, lambda insert: insert.on_conflict_do_nothing().returning(ticks.c.instigator_number)
)
_USE_KEYS = ManyRows(
    run_keys, UsedKey._fields, lambda insert: insert.on_conflict_do_nothing().returning(run_keys.c.run_id)
)


def find_all(tx: Transaction, moments: Sequence[tuple[int, int]]) -> dict[tuple[int, int], StoredTick]:
    """Reads those ticks that there are for instigators, by number, and moments."""
    if not moments:
        return {}
    rows = _BY_MOMENT.read(tx.connection, moments)
    return {(row[0], row.due_time): StoredTick._make(row[1:]) for row in rows}


def add_all(tx: Transaction, new: Sequence[NewTick]) -> int:
    """Stores ticks, each unless there is one for its moment; returns how many it did."""
    if not new:
        return 0
    return len(_INSERT.write(tx.connection, [tick._asdict() for tick in new]).all())


def use_keys(tx: Transaction, keys: Sequence[UsedKey]) -> set[str]:
    """Uses run keys up; returns the runs whose keys were free."""
    if not keys:
        return set()
    return set(_USE_KEYS.write(tx.connection, [key._asdict() for key in keys]).scalars())


def newest(
    connection: Connection, ref: Ref | None, results: Sequence[int], before: tuple[int, int] | None, most: int
) -> list[StoredTick]:
    """Reads ticks that are older than `before`, a due time and a number; of one instigator or of all."""
    statement = select(*_RECORD).order_by(ticks.c.due_time.desc(), ticks.c.number.desc()).limit(most)
    if ref is not None:
        # The number first: with it the ticks of one instigator are a stretch of an index.
        named = [instigators.c[name] == value for name, value in ref._asdict().items()]
        number = connection.execute(select(instigators.c.number).where(*named)).scalar_one_or_none()
        if number is None:
            return []
        statement = statement.where(ticks.c.instigator_number == number)
    if results:
        statement = statement.where(ticks.c.result.in_(results))
    if before is not None:
        statement = statement.where(tuple_(ticks.c.due_time, ticks.c.number) < tuple_(*before))
    return [StoredTick._make(row) for row in connection.execute(statement)]


def prune(tx: Transaction, kind: int, result: int, due_before: int, most: int) -> int:
    """Forgets old ticks of one kind of instigator and one result, at most `most`, and returns how many."""
    of_kind = select(instigators.c.number).where(instigators.c.kind == kind)
    old = (
        select(ticks.c.number)
        .where(ticks.c.due_time < due_before, ticks.c.result == result, ticks.c.instigator_number.in_(of_kind))
        .order_by(ticks.c.due_time)
        .limit(most)
    )
    return changed(tx.connection.execute(delete(ticks).where(ticks.c.number.in_(old))))
