"""Reading events: a run's by its sequence, all runs' in an order that never changes once it was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from headrace_services.storage.store.database import Database, Position
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.schema import events, runs

# With a filter this many events are looked at per query, found or not, so that a rare kind costs bounded time.
_WINDOW = 20_000

_RUN = select(runs.c.number, runs.c.last_sequence, runs.c.finish_time).where(runs.c.run_id == bindparam("run_id"))


class BeyondEndError(Exception):
    """A place that has not been reached: what was there is gone, for the database is an older one than it was."""


class StoredEvent(NamedTuple):
    """An event as it is stored."""

    sequence: int
    payload: bytes
    position: Position


@dataclass(frozen=True)
class Wanted:
    """Which events are of interest."""

    kinds: tuple[int, ...] = ()
    asset_keys: tuple[str, ...] = ()
    step_key: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.kinds:
            found.append(events.c.kind.in_(self.kinds))
        if self.asset_keys:
            found.append(events.c.asset_key.in_(self.asset_keys))
        if self.step_key:
            found.append(events.c.step_key == self.step_key)
        return found


class RunPage(NamedTuple):
    """Events of one run.

    Attributes:
        events: In order.
        sequence: Everything up to it was looked at.
        complete: Whether that is everything there is.
        finished: Whether the run is over.
    """

    events: list[StoredEvent]
    sequence: int
    complete: bool
    finished: bool


class FeedPage(NamedTuple):
    """Events of all runs, in the order of the feed; see `RunPage`.

    Attributes:
        settled: Whether nothing was committed that may not be read yet because a transaction before it goes on.
    """

    events: list[StoredEvent]
    position: Position
    complete: bool
    settled: bool = True


def of_run(connection: Connection, run_id: str, after: int, wanted: Wanted, limit: int) -> RunPage | None:
    """Reads a run's events after a sequence number; None if there is no such run.

    Raises:
        BeyondEndError: the run has never come so far.
    """
    run = connection.execute(_RUN, {"run_id": run_id}).one_or_none()
    if run is None:
        return None
    if run.last_sequence < after:
        raise BeyondEndError
    if run.last_sequence == after:
        return RunPage([], after, True, run.finish_time is not None)
    base = _select().where(events.c.run_number == run.number, *wanted.conditions()).order_by(events.c.sequence)

    def beyond(last: StoredEvent | None) -> ColumnElement[bool]:
        return events.c.sequence > (last.sequence if last else after)

    found, full = _read(connection, base, beyond, limit)
    # The run's row was read first: what was appended since must neither be skipped nor called the end.
    reached = found[-1].sequence if full else max([run.last_sequence, *(event.sequence for event in found[-1:])])
    return RunPage(found, reached, not full, run.finish_time is not None)


def last_sequence(connection: Connection, run_id: str) -> int | None:
    """Returns the number of a run's newest event; None if there is no such run."""
    run = connection.execute(_RUN, {"run_id": run_id}).one_or_none()
    return None if run is None else int(run.last_sequence)


def of_all(database: Database, connection: Connection, after: Position, wanted: Wanted, limit: int) -> FeedPage:
    """Reads the feed after a position.

    Raises:
        BeyondEndError: it has never come so far.
    """
    head = database.head(connection)
    if head < after:
        raise BeyondEndError
    if head == after:
        return FeedPage([], after, True, database.is_settled(connection, head))
    conditions = wanted.conditions()
    end = head
    if conditions and not wanted.asset_keys:
        end = _window_end(database, connection, after, head)
    base = _select().where(database.until(end), *conditions).order_by(*database.feed_order)

    def beyond(last: StoredEvent | None) -> ColumnElement[bool]:
        return database.after(last.position if last else after)

    found, full = _read(connection, base, beyond, limit)
    if full:
        return FeedPage(found, found[-1].position, False)
    complete = end == head
    return FeedPage(found, end, complete, not complete or database.is_settled(connection, head))


def _window_end(database: Database, connection: Connection, after: Position, head: Position) -> Position:
    statement = (
        select(events.c.xid, events.c.id)
        .where(database.after(after), database.until(head))
        .order_by(*database.feed_order)
        .offset(_WINDOW)
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return head if row is None else Position(row.xid, row.id)


def _select() -> Select[Any]:
    return select(events.c.sequence, events.c.payload, events.c.xid, events.c.id)


def _read(
    connection: Connection, base: Select[Any], beyond: Callable[[StoredEvent | None], ColumnElement[bool]], most: int
) -> tuple[list[StoredEvent], bool]:
    def fetch(last: StoredEvent | None, count: int) -> list[StoredEvent]:
        rows = connection.execute(base.where(beyond(last)).limit(count))
        return [StoredEvent(sequence, payload, Position(xid, number)) for sequence, payload, xid, number in rows]

    return page(fetch, most, lambda event: len(event.payload))
