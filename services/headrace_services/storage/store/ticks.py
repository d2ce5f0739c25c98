"""Ticks: one per instigator and moment, whoever evaluated it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.inserts import new_only
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
_GET = select(*_RECORD).where(
    ticks.c.instigator_number == bindparam("of_instigator"), ticks.c.due_time == bindparam("due")
)
_INSERT = new_only(ticks, ticks.c.number)
_USE_KEY = new_only(run_keys, run_keys.c.run_key)


def find(tx: Transaction, instigator_number: int, due_time: int) -> StoredTick | None:
    row = tx.connection.execute(_GET, {"of_instigator": instigator_number, "due": due_time}).one_or_none()
    return None if row is None else StoredTick._make(row)


def add(tx: Transaction, instigator_number: int, due_time: int, result: int, payload: bytes) -> bool:
    """Stores a tick unless there is one for the moment; tells whether it did."""
    values = {"instigator_number": instigator_number, "due_time": due_time, "result": result, "payload": payload}
    return tx.connection.execute(_INSERT[tx.database.name], values).one_or_none() is not None


def use_key(tx: Transaction, instigator_number: int, run_key: str, run_id: str) -> bool:
    """Uses a run key up; tells whether it was free."""
    values = {"instigator_number": instigator_number, "run_key": run_key, "run_id": run_id}
    return tx.connection.execute(_USE_KEY[tx.database.name], values).one_or_none() is not None


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
