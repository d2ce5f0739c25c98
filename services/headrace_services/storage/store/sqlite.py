"""SQLite: one file, one process, one writer; write-ahead log, so that readers never wait for it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, ColumnElement, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import QueuePool

from headrace.clock import Clock
from headrace.errors import FailedPreconditionError, StorageDownError
from headrace_services.storage.store.database import EventRow, Following, Position
from headrace_services.storage.store.hints import Hints
from headrace_services.storage.store.schema import events
from headrace_services.storage.store.times import micros

_BUSY_SECONDS = 5
_READERS = 2
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # A commit is safe from a crash of the process at once, and from a crash of the machine at the next checkpoint.
    "PRAGMA synchronous=NORMAL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8192",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA journal_size_limit=67108864",
)
_MOST_ROWS = 256
# What was ever given out, and not what is left: less than a cursor has seen shows that the file is an older one.
_HEAD = text("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)")


class SqliteDatabase:
    """The database of an instance on one machine. Its time is the process's: nobody else writes."""

    name = "sqlite"
    writers = 1
    readers = _READERS
    largest_batch = 256
    feed_order: tuple[ColumnElement[int], ...] = (events.c.id,)

    def __init__(self, path: Path, clock: Clock) -> None:
        """Opens the file, which need not exist.

        Raises:
            FailedPreconditionError: another process has it open.
            StorageDownError: it cannot be made.
        """
        self.path = path
        self._clock = clock
        self._owner = _own(path)
        try:
            self._file = _made(path)
        except StorageDownError:
            self._owner.close()
            raise
        self.write_engine = _engine(path, 1, "BEGIN IMMEDIATE")
        self.read_engine = _engine(path, _READERS, "BEGIN")

    @contextmanager
    def writing(self, locks: Iterable[int]) -> Iterator[tuple[Connection, int]]:
        self._check_there()
        with self.write_engine.begin() as connection:
            yield connection, micros(self._clock.now())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._check_there()
        with self.read_engine.connect() as connection:
            yield connection

    def now(self, connection: Connection) -> int:
        return micros(self._clock.now())

    def insert_events(self, connection: Connection, rows: Sequence[EventRow]) -> None:
        # Many rows in one statement: each statement lets go of the interpreter's lock once, and has to get it back.
        start = 0
        while start < len(rows):
            count = min(_MOST_ROWS, 1 << ((len(rows) - start).bit_length() - 1))
            values = tuple(value for row in rows[start : start + count] for value in row)
            connection.exec_driver_sql(_insert(count), values)
            start += count

    def after(self, position: Position) -> ColumnElement[bool]:
        return events.c.id > position.id

    def until(self, position: Position) -> ColumnElement[bool]:
        return events.c.id <= position.id

    def head(self, connection: Connection) -> Position:
        return Position(0, connection.execute(_HEAD).scalar_one())

    def is_settled(self, connection: Connection, head: Position) -> bool:
        return True

    def feed_lag(self, connection: Connection) -> float:
        return 0.0

    def announce(self, connection: Connection, hints: Hints) -> None:
        """Does nothing: there is no other process."""

    def listener(self, publish: Callable[[Hints], None]) -> Following:
        return _Nobody()

    def in_use(self) -> int:
        return sum(_checked_out(engine) for engine in (self.write_engine, self.read_engine))

    def _check_there(self) -> None:
        # What is written to a file that has lost its name is gone when the process ends, and nobody is told.
        try:
            there = os.stat(self.path).st_ino
        except OSError:
            there = None
        if there != self._file:
            what = "removed" if there is None else "replaced by another one"
            raise StorageDownError(
                f"the database {self.path} was {what} while it was open: put it back, or start again to go on without it"
            )

    def break_off(self) -> None:
        """Does nothing: what is asked of a file is answered."""

    def close(self) -> None:
        self.read_engine.dispose()
        self.write_engine.dispose()
        self._owner.close()


class _Nobody:
    """Where there is no other process to listen to."""

    def start(self) -> None:
        """Does nothing."""

    def stop(self) -> None:
        """Does nothing."""


@cache
def _insert(count: int) -> str:
    marks = "(" + ",".join("?" * len(EventRow._fields)) + ")"
    return f"INSERT INTO events ({','.join(EventRow._fields)}) VALUES {','.join([marks] * count)}"


def _checked_out(engine: Engine) -> int:
    return engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0


def _own(path: Path) -> IO[str]:
    """Makes sure that no other process has the database: it would neither see our hints nor we its."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        owner = path.with_suffix(".lock").open("w")
    except (FileExistsError, NotADirectoryError) as error:
        raise FailedPreconditionError(
            f"cannot make the database {path}: a file is where its directory is to be; "
            "remove it, or name another storage.sqlite.base_dir"
        ) from error
    except OSError as error:
        raise StorageDownError(f"cannot make the database {path}: {error.strerror}") from error
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner.close()
        raise FailedPreconditionError(
            f"another process has the database {path} open: stop it, or choose another home. "
            "Several storage processes need PostgreSQL"
        ) from error
    return owner


def _made(path: Path) -> int:
    """Makes the file if it is not there, and returns what tells it from others with its name."""
    try:
        path.touch(mode=0o644)
        found = path.stat().st_ino
    except OSError as error:
        raise StorageDownError(f"cannot open the database {path}: {error.strerror}") from error
    # Not by opening it: closing it again would end every lock that SQLite has on it in this process.
    if not os.access(path, os.R_OK | os.W_OK):
        raise StorageDownError(f"cannot open the database {path}: this process may not read and write it")
    return found


def _engine(path: Path, size: int, begin: str) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        # The driver would begin transactions where it sees fit, and not where we do.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin_ours(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
