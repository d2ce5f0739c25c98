"""What is kept of schedules and sensors between their ticks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, tuple_, update

from headrace.errors import StaleEtagError
from headrace_services.storage.store.bulk import Among, ManyRows
from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.hints import INSTIGATOR
from headrace_services.storage.store.schema import instigators
from headrace_services.storage.store.transaction import Transaction

RUNNING, STOPPED = 1, 2


class Ref(NamedTuple):
    """Names a schedule or sensor; lists are in this order."""

    location_name: str
    kind: int
    name: str


class InstigatorRecord(NamedTuple):
    """A schedule or sensor as it is stored."""

    number: int
    location_name: str
    kind: int
    name: str
    state: int
    cursor: str
    last_tick_time: int | None
    last_run_key: str
    active_since_time: int | None
    version: int
    failure_count: int

    @property
    def ref(self) -> Ref:
        return Ref(self.location_name, self.kind, self.name)


_NEW: dict[str, Any] = {
    "state": 0,
    "cursor": "",
    "last_tick_time": None,
    "last_run_key": "",
    "active_since_time": None,
    "version": 0,
}


class Change(NamedTuple):
    """What is to be written of an instigator that is as `known` says, or that was never written."""

    ref: Ref
    known: InstigatorRecord | None
    values: Mapping[str, Any]

    def row(self) -> dict[str, Any]:
        before = _NEW if self.known is None else self.known._asdict()
        row = {**before, **self.ref._asdict(), **self.values, "version": before["version"] + 1}
        row.pop("number", None)
        return row


_RECORD = [instigators.c[name] for name in InstigatorRecord._fields]
_KEY = (instigators.c.location_name, instigators.c.kind, instigators.c.name)
_GET = select(*_RECORD).where(
    instigators.c.location_name == bindparam("location_name"),
    instigators.c.kind == bindparam("kind"),
    instigators.c.name == bindparam("name"),
)
_INSERT = insert(instigators).returning(*_RECORD)
_BY_REF = Among(select(*_RECORD), locations=_KEY[0], kinds=_KEY[1], names=_KEY[2])


def _upsert(insert: Any) -> Any:
    written = {name: insert.excluded[name] for name in InstigatorRecord._fields[_FIRST_WRITTEN:]}
    return insert.on_conflict_do_update(
        index_elements=_KEY, set_=written, where=instigators.c.version == insert.excluded.version - 1
    ).returning(*_RECORD)


_FIRST_WRITTEN = InstigatorRecord._fields.index("state")
_STORE = ManyRows(instigators, InstigatorRecord._fields[1:], _upsert)


def find(connection: Connection, ref: Ref) -> InstigatorRecord | None:
    row = connection.execute(_GET, ref._asdict()).one_or_none()
    return None if row is None else InstigatorRecord._make(row)


def find_all(connection: Connection, refs: Sequence[Ref]) -> dict[Ref, InstigatorRecord]:
    """Reads those of these instigators that are kept."""
    return {record.ref: record for record in map(InstigatorRecord._make, _BY_REF.read(connection, refs))}


def set_state(
    tx: Transaction, ref: Ref, known: InstigatorRecord | None, state: int | None, cursor: str | None
) -> InstigatorRecord:
    """Switches an instigator on, off or back to its default, and sets its cursor; None leaves either as it is."""
    values: dict[str, Any] = {}
    if state is not None:
        values["state"] = state
    if cursor is not None:
        values["cursor"] = cursor
    if state is not None and state != STOPPED and (known is None or known.state != state):
        # What was due while it was off does not count; nor what was due before its code alone switched it on.
        values["active_since_time"] = tx.now
    tx.hints.kinds.add(INSTIGATOR)
    return store(tx, ref, known, values)


def store(tx: Transaction, ref: Ref, known: InstigatorRecord | None, values: Mapping[str, Any]) -> InstigatorRecord:
    """Writes an instigator that is as `known` says, or that was never written.

    Raises:
        StaleEtagError: it has changed since.
    """
    if known is None:
        row = tx.connection.execute(_INSERT, {**ref._asdict(), "version": 1, **values}).one()
        return InstigatorRecord._make(row)
    statement = (
        update(instigators)
        .where(instigators.c.number == known.number, instigators.c.version == known.version)
        .values(version=known.version + 1, **values)
        .returning(*_RECORD)
    )
    return InstigatorRecord._make(expect_one(tx.connection.execute(statement), lambda: stale(ref)))


def store_all(tx: Transaction, changes: Sequence[Change]) -> dict[Ref, InstigatorRecord]:
    """Writes instigators that are as `known` says, each once, and returns those that still were."""
    if not changes:
        return {}
    rows = _STORE.write(tx.connection, [change.row() for change in changes])
    return {record.ref: record for record in map(InstigatorRecord._make, rows)}


def stale(ref: Ref) -> StaleEtagError:
    return StaleEtagError(f"{ref.name} in {ref.location_name} has changed since it was read: read it again")


def by_name(
    connection: Connection, location_name: str, kind: int, names: Sequence[str], after: Ref | None, most: int
) -> list[InstigatorRecord]:
    """Reads instigators by location, kind and name, of one location, kind or some names if these are given."""
    statement = select(*_RECORD).order_by(*_KEY).limit(most)
    if location_name:
        statement = statement.where(instigators.c.location_name == location_name)
    if kind:
        statement = statement.where(instigators.c.kind == kind)
    if names:
        statement = statement.where(instigators.c.name.in_(names))
    if after is not None:
        statement = statement.where(tuple_(*_KEY) > tuple_(*after))
    return [InstigatorRecord._make(row) for row in connection.execute(statement)]
