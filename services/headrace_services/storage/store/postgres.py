"""PostgreSQL 15 or newer, shared by any number of storage processes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, Connection, Engine, bindparam, create_engine, event, make_url, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.types import BigInteger

from headrace.errors import FailedPreconditionError, StorageDownError
from headrace_services.storage.store.database import EventRow, Position
from headrace_services.storage.store.hints import Hints
from headrace_services.storage.store.horizon import HORIZON, LAG_SECONDS
from headrace_services.storage.store.listener import CHANNEL, Listener, encode, hang_up
from headrace_services.storage.store.schema import events

# Four and one that listens: two processes stay within ten.
_WRITERS, _READERS = 2, 2
_CONNECT_SECONDS = 3
_SETTINGS = {
    # A writer that stalls holds the feed of every reader up.
    "idle_in_transaction_session_timeout": "5s",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "timezone": "UTC",
    # Every list has an index in its order. What is known of a queue that filled up a moment ago is out of date, and must
    # not lead the planner to read and sort all of it for the sake of its head.
    "random_page_cost": "1.1",
}
_CONNECT: dict[str, Any] = {
    "application_name": "headrace-storage",
    # Unless it is named, the driver takes the database's for it, and gives bytes for text where that is SQL_ASCII.
    "client_encoding": "utf8",
    "connect_timeout": _CONNECT_SECONDS,
    # A server that is gone without a word is noticed in seconds, not in hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_LAST_ID = sys.maxsize

# The locks first, one after the other in the order of the array; only then, and so never stale, the time.
_BEGIN = text(
    """
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    FROM (SELECT count(pg_advisory_xact_lock(key)) FROM unnest(:keys) AS key) AS locked
    """
).bindparams(bindparam("keys", type_=ARRAY(BigInteger)))
_UNIVERSAL = "UTF8"
_ENCODING = text("SELECT current_database(), current_setting('server_encoding')")
_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
_HORIZON = text(HORIZON)
_BEYOND = text("SELECT EXISTS (SELECT 1 FROM events WHERE xid > :xid)")
_LAG = text(LAG_SECONDS)
_INSERT = """
    INSERT INTO events (run_number, sequence, kind, step_key, asset_key, payload)
    SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::smallint[], %b::text[], %b::text[], %b::bytea[])
"""
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


class PostgresDatabase:
    """A database on a server. Its time is the server's."""

    name = "postgresql"
    writers = _WRITERS
    readers = _READERS
    # With more than 64 savepoints that wrote, a transaction slows every snapshot of the server down.
    largest_batch = 60
    feed_order: tuple[ColumnElement[int], ...] = (events.c.xid, events.c.id)

    def __init__(self, url: str, sender: str) -> None:
        """Makes pools that connect when they are first used.

        Args:
            url: Where the database is, with user and password.
            sender: Tells the notifications of this process from those of others.
        """
        self.url = url
        self.sender = sender
        self.write_engine = _engine(url, _WRITERS)
        # A read needs no transaction around its statements, and so none of the trips that begin and end one. What is more,
        # each statement sees what was committed before it: the feed relies on that.
        self.read_engine = _engine(url, _READERS).execution_options(isolation_level="AUTOCOMMIT")
        self._busy: dict[ConnectionPoolEntry, psycopg.Connection[Any]] = {}
        self._broken_off = False
        for engine in (self.write_engine, self.read_engine):
            event.listen(engine, "checkout", self._taken)
            event.listen(engine, "checkin", self._given_back)

    @contextmanager
    def writing(self, locks: Iterable[int]) -> Iterator[tuple[Connection, int]]:
        self._check_open()
        with self.write_engine.begin() as connection:
            yield connection, connection.execute(_BEGIN, {"keys": sorted(locks)}).scalar_one()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._check_open()
        with self.read_engine.connect() as connection:
            yield connection

    def now(self, connection: Connection) -> int:
        return int(connection.execute(_NOW).scalar_one())

    def insert_events(self, connection: Connection, rows: Sequence[EventRow]) -> None:
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        connection.exec_driver_sql(_INSERT, columns)

    def is_settled(self, connection: Connection, head: Position) -> bool:
        return not connection.execute(_BEYOND, {"xid": head.xid}).scalar_one()

    def feed_lag(self, connection: Connection) -> float:
        return float(connection.execute(_LAG).scalar_one())

    def announce(self, connection: Connection, hints: Hints) -> None:
        if hints:
            connection.execute(_NOTIFY, {"channel": CHANNEL, "payload": encode(self.sender, hints)})

    def listener(self, publish: Callable[[Hints], None]) -> Listener:
        return Listener(self._connect_to_listen, self.sender, publish)

    def after(self, position: Position) -> ColumnElement[bool]:
        return tuple_(events.c.xid, events.c.id) > tuple_(*position)

    def until(self, position: Position) -> ColumnElement[bool]:
        return tuple_(events.c.xid, events.c.id) <= tuple_(*position)

    def head(self, connection: Connection) -> Position:
        return Position(connection.execute(_HORIZON).scalar_one() - 1, _LAST_ID)

    def in_use(self) -> int:
        pools = (self.write_engine.pool, self.read_engine.pool)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    def check_encoding(self) -> None:
        """Makes sure that the database can keep whatever people write.

        Raises:
            FailedPreconditionError: it cannot.
        """
        with self.reading() as connection:
            name, encoding = connection.execute(_ENCODING).one()
        if encoding != _UNIVERSAL:
            raise FailedPreconditionError(
                f"the database {name!r} has the encoding {encoding}, and names and logs may have any letters: "
                f"make one with CREATE DATABASE … ENCODING '{_UNIVERSAL}' TEMPLATE template0, and name it under `storage`"
            )

    def _connect_to_listen(self) -> psycopg.Connection[Any]:
        """Returns a connection of its own, outside the pools: waiting is all it does."""
        return psycopg.connect(_libpq_url(self.url), autocommit=True, **_CONNECT)

    def _check_open(self) -> None:
        if self._broken_off:
            raise StorageDownError("storage is stopping")

    def _taken(self, connection: psycopg.Connection[Any], entry: ConnectionPoolEntry, _: object) -> None:
        self._check_open()
        self._busy[entry] = connection

    def _given_back(self, _: object, entry: ConnectionPoolEntry) -> None:
        self._busy.pop(entry, None)

    def break_off(self) -> None:
        self._broken_off = True
        for connection in list(self._busy.values()):
            hang_up(connection)

    def close(self) -> None:
        self.read_engine.dispose()
        self.write_engine.dispose()


def _engine(url: str, size: int) -> Engine:
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=_CONNECT_SECONDS,
        use_native_hstore=False,
        connect_args={**_CONNECT, "options": settings},
    )


def _libpq_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
