"""The keys of dynamic partitions, in the order in which they were added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import dynamic_partitions
from headrace_services.storage.store.transaction import Transaction


class KeyRecord(NamedTuple):
    """A key and its place."""

    number: int
    partition_key: str


_KEYS = select(dynamic_partitions.c.number, dynamic_partitions.c.partition_key)
_ADD = PerDatabase(
    dynamic_partitions,
    lambda insert: insert.values(name=bindparam("of_set"), partition_key=bindparam("key")).on_conflict_do_nothing(),
)
_REMOVE = delete(dynamic_partitions).where(
    dynamic_partitions.c.name == bindparam("of_set"), dynamic_partitions.c.partition_key == bindparam("key")
)


def keys(connection: Connection, name: str, among: Sequence[str], after: int, most: int) -> list[KeyRecord]:
    """Reads keys of a set that come after a place; of `among` only, if it has any."""
    statement = _KEYS.where(dynamic_partitions.c.name == name, dynamic_partitions.c.number > after)
    if among:
        statement = statement.where(dynamic_partitions.c.partition_key.in_(among))
    return [
        KeyRecord._make(row) for row in connection.execute(statement.order_by(dynamic_partitions.c.number).limit(most))
    ]


def change(tx: Transaction, name: str, added: Iterable[str], deleted: Iterable[str]) -> None:
    """Adds keys that are not there and takes keys away, under a lock on the set."""
    new = [{"of_set": name, "key": key} for key in added]
    if new:
        tx.connection.execute(_ADD[tx.database.name], new)
    gone = [{"of_set": name, "key": key} for key in deleted]
    if gone:
        tx.connection.execute(_REMOVE, gone)
