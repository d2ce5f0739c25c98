"""Opening a database: the file or the server, and the schema in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.failures import refusal, translated
from headrace_services.storage.store.locks import MIGRATION_LOCK
from headrace_services.storage.store.restore import is_restored, renumber
from headrace_services.storage.store.sqlite import SqliteDatabase
from headrace_services.storage.store.upgrade import HEAD, upgrade, version


def open_sqlite(path: Path, clock: Clock, ids: Ids) -> Database:
    """Opens a database file, and makes it if it is not there."""
    return _prepared(SqliteDatabase(path, clock), lambda database: _upgrade(database, ids, may_change=True))


def open_postgres(url: str, ids: Ids, *, may_change: bool = True) -> Database:
    """Opens a database on a server, which must exist; its tables need not."""
    # The driver takes time and memory that whoever keeps everything in a file need not spend.
    from headrace_services.storage.store.postgres import PostgresDatabase

    postgres = PostgresDatabase(url, ids.uuid7())

    def prepare(database: Database) -> None:
        postgres.check_encoding()
        _upgrade(database, ids, may_change=may_change)
        with database.reading() as connection:
            restored = is_restored(connection)
        if restored:
            with database.writing([MIGRATION_LOCK]) as (connection, _):
                if is_restored(connection):
                    renumber(connection, ids.token())

    return _prepared(postgres, prepare)


def _prepared(database: Database, prepare: Callable[[Database], None]) -> Database:
    try:
        prepare(database)
    except Exception as error:
        database.close()
        raise refusal(error) or translated(error) from error
    return database


def _upgrade(database: Database, ids: Ids, *, may_change: bool) -> None:
    with database.reading() as connection:
        is_current = version(connection) == HEAD
    if not is_current:
        with database.writing([MIGRATION_LOCK]) as (connection, _):
            upgrade(connection, ids.token(), may_change=may_change)
