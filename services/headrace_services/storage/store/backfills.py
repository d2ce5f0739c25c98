"""Backfills: made once, changed step by step under a guard, told of the ends of their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, literal, or_, select, tuple_, update

from headrace.errors import StaleEtagError
from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.history import MATERIALIZED
from headrace_services.storage.store.inserts import new_only
from headrace_services.storage.store.runs import RECORD, RunRecord
from headrace_services.storage.store.schema import (
    ACTIVE,
    BACKFILL_ACTIVE,
    BACKFILL_RUNNING,
    QUEUED,
    backfill_ends,
    backfills,
    events,
    run_tags,
    runs,
)
from headrace_services.storage.store.transaction import Transaction

# Runs say by this tag which backfill they are of.
TAG = "headrace/backfill"


class BackfillRecord(NamedTuple):
    """A backfill as it is stored."""

    number: int
    backfill_id: str
    state: int
    version: int
    create_time: int
    finish_time: int | None
    due_time: int
    run_count: int
    spec: bytes
    progress: str
    counts: bytes
    failure: bytes | None
    ended_count: int


class EndedRun(NamedTuple):
    """The end of a run of a backfill that no step has taken into account."""

    mark: int
    run: RunRecord


_ENDED = (
    select(func.count())
    .where(backfill_ends.c.backfill_number == backfills.c.number)
    .correlate(backfills)
    .scalar_subquery()
    .label("ended_count")
)
_RECORD = (*(backfills.c[name] for name in BackfillRecord._fields[:-1]), _ENDED)
_GET = select(*_RECORD).where(backfills.c.backfill_id == bindparam("of_backfill"))
_INSERT = new_only(backfills, backfills.c.number)
_HAS_ENDS = exists().where(backfill_ends.c.backfill_number == backfills.c.number, backfill_ends.c.taken == 0)
_DUE = (
    select(*_RECORD)
    .where(
        backfills.c.state.in_(BACKFILL_ACTIVE),
        backfills.c.not_before <= bindparam("now"),
        or_(backfills.c.due_time <= bindparam("now"), _HAS_ENDS),
    )
    .order_by(backfills.c.due_time, backfills.c.number)
    .limit(bindparam("most"))
)
_ENDS = (
    select(backfill_ends.c.number, *RECORD)
    .join(runs, runs.c.number == backfill_ends.c.run_number)
    .where(backfill_ends.c.backfill_number == bindparam("of_number"), backfill_ends.c.taken == 0)
    .order_by(backfill_ends.c.number)
    .limit(bindparam("most"))
)
_MATERIALIZED = (
    select(events.c.run_number, events.c.payload)
    .where(events.c.run_number.in_(bindparam("of_runs", expanding=True)), events.c.kind == MATERIALIZED)
    .order_by(events.c.run_number, events.c.sequence)
)
_UNFINISHED = (
    select(runs.c.run_id)
    .join(run_tags, run_tags.c.run_number == runs.c.number)
    .where(
        run_tags.c.key == TAG,
        run_tags.c.value == bindparam("of_backfill"),
        runs.c.state.in_((QUEUED, *ACTIVE)),
    )
    .order_by(runs.c.number)
    .limit(bindparam("most"))
)


def find(connection: Connection, backfill_id: str) -> BackfillRecord | None:
    row = connection.execute(_GET, {"of_backfill": backfill_id}).one_or_none()
    return None if row is None else BackfillRecord._make(row)


def add(tx: Transaction, backfill_id: str, spec: bytes, progress: str) -> bool:
    """Stores a backfill as running; tells whether its id was free."""
    values = {
        "backfill_id": backfill_id,
        "state": BACKFILL_RUNNING,
        "version": 1,
        "create_time": tx.now,
        "due_time": tx.now,
        "not_before": 0,
        "run_count": 0,
        "spec": spec,
        "progress": progress,
        "counts": b"",
    }
    return tx.connection.execute(_INSERT[tx.database.name], values).one_or_none() is not None


def newest(
    connection: Connection, states: Sequence[int], before: tuple[int, int] | None, count: int
) -> list[BackfillRecord]:
    """Reads backfills, newest first, after a place in that order."""
    statement = select(*_RECORD)
    if states:
        statement = statement.where(backfills.c.state.in_(states))
    if before is not None:
        place = tuple_(*(literal(part) for part in before))
        statement = statement.where(tuple_(backfills.c.create_time, backfills.c.number) < place)
    statement = statement.order_by(backfills.c.create_time.desc(), backfills.c.number.desc()).limit(count)
    return [BackfillRecord._make(row) for row in connection.execute(statement)]


def due(connection: Connection, now: int, most: int) -> list[BackfillRecord]:
    """Reads those for which something is to be done."""
    return [BackfillRecord._make(row) for row in connection.execute(_DUE, {"now": now, "most": most})]


def ends(connection: Connection, number: int, most: int) -> list[EndedRun]:
    """Reads the runs of a backfill that have ended and that no step has taken into account."""
    rows = connection.execute(_ENDS, {"of_number": number, "most": most})
    return [EndedRun(mark, RunRecord._make(record)) for mark, *record in rows]


def materialized(connection: Connection, run_numbers: Sequence[int]) -> list[tuple[int, bytes]]:
    """Reads the materializations of some runs: the number of the run, and the event."""
    found = connection.execute(_MATERIALIZED, {"of_runs": run_numbers})
    return [(number, payload) for number, payload in found]


def unfinished(connection: Connection, backfill_id: str, most: int) -> list[str]:
    """Reads which runs of a backfill are not over."""
    found = connection.execute(_UNFINISHED, {"of_backfill": backfill_id, "most": most})
    return list(found.scalars())


def change(tx: Transaction, before: BackfillRecord, values: Mapping[str, Any]) -> BackfillRecord:
    """Changes a backfill that is as its caller believes.

    Raises:
        StaleEtagError: it is not.
    """
    statement = (
        update(backfills)
        .where(and_(backfills.c.number == before.number, backfills.c.version == before.version))
        .values(version=before.version + 1, **values)
        .returning(backfills.c.number)
    )
    expect_one(tx.connection.execute(statement), lambda: stale(before.backfill_id))
    changed = find(tx.connection, before.backfill_id)
    assert changed is not None
    return changed


def stale(backfill_id: str) -> StaleEtagError:
    return StaleEtagError(f"backfill {backfill_id} has changed since it was read: read it again")


def take(tx: Transaction, number: int, marks: Sequence[int]) -> None:
    """Takes note that the ends of these runs were taken into account."""
    if marks:
        statement = (
            update(backfill_ends)
            .where(backfill_ends.c.backfill_number == number, backfill_ends.c.number.in_(marks))
            .values(taken=1)
        )
        tx.connection.execute(statement)


def note_end(tx: Transaction, backfill_id: str, run_number: int) -> None:
    """Takes note that a run of a backfill has ended; nothing if there is no such backfill."""
    columns = ["backfill_number", "run_number", "taken"]
    found = select(backfills.c.number, literal(run_number), literal(0)).where(backfills.c.backfill_id == backfill_id)
    tx.connection.execute(insert(backfill_ends).from_select(columns, found))
