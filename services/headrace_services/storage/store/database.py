"""What the two databases do differently; everything else is said once, in SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection

from headrace_services.storage.store.hints import Hints


class Position(NamedTuple):
    """A place in the feed of all events: after the event that it names."""

    xid: int
    id: int


class EventRow(NamedTuple):
    """A row of the table of events."""

    run_number: int
    sequence: int
    kind: int
    step_key: str
    asset_key: str | None
    payload: bytes


class Following(Protocol):
    """A thread that hears of other processes' changes."""

    def start(self) -> None:
        """Starts it."""
        ...

    def stop(self) -> None:
        """Ends it and waits for that."""
        ...


class Database(Protocol):
    """A database that was opened.

    Attributes:
        name: sqlite or postgresql.
        writers: How many transactions may write at once.
        readers: How many connections only read.
        largest_batch: How many intents may share a commit.
        feed_order: The columns that order the feed.
    """

    name: str
    writers: int
    readers: int
    largest_batch: int
    feed_order: tuple[ColumnElement[int], ...]

    def writing(self, locks: Iterable[int]) -> AbstractContextManager[tuple[Connection, int]]:
        """Begins to write with these locks held; gives the time; commits at the end unless something was raised."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """Begins to read."""
        ...

    def now(self, connection: Connection) -> int:
        """Returns the database's time."""
        ...

    def insert_events(self, connection: Connection, rows: Sequence[EventRow]) -> None:
        """Inserts rows into the table of events, fast."""
        ...

    def after(self, position: Position) -> ColumnElement[bool]:
        """Returns the condition that an event is further on in the feed."""
        ...

    def until(self, position: Position) -> ColumnElement[bool]:
        """Returns the condition that an event is not further on in the feed."""
        ...

    def head(self, connection: Connection) -> Position:
        """Returns the place up to which the feed can be read: nothing will be stored before it any more."""
        ...

    def is_settled(self, connection: Connection, head: Position) -> bool:
        """Tells whether nothing has been committed beyond that place yet."""
        ...

    def feed_lag(self, connection: Connection) -> float:
        """Returns for how many seconds the oldest transaction has held the feed up."""
        ...

    def announce(self, connection: Connection, hints: Hints) -> None:
        """Tells other processes, if there can be any, what this transaction changes, once it is committed."""
        ...

    def listener(self, publish: Callable[[Hints], None]) -> Following:
        """Returns what hears of other processes' changes, if there can be any."""
        ...

    def in_use(self) -> int:
        """Returns how many connections are in use."""
        ...

    def break_off(self) -> None:
        """Ends what is under way at the database, whoever waits for it, and lets nobody begin anything more."""
        ...

    def close(self) -> None:
        """Closes all connections."""
        ...
