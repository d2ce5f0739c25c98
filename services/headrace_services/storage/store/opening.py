"""Opening a database: the file or the server, and the schema in it."""

from __future__ import annotations

from pathlib import Path

from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.failures import translated
from headrace_services.storage.store.locks import MIGRATION_LOCK
from headrace_services.storage.store.sqlite import SqliteDatabase
from headrace_services.storage.store.upgrade import HEAD, upgrade, version


def open_sqlite(path: Path, clock: Clock, ids: Ids) -> Database:
    """Opens a database file, and makes it if it is not there."""
    return _upgraded(SqliteDatabase(path, clock), ids)


def open_postgres(url: str, ids: Ids, *, may_change: bool = True) -> Database:
    """Opens a database on a server, which must exist; its tables need not."""
    # The driver takes time and memory that whoever keeps everything in a file need not spend.
    from headrace_services.storage.store.postgres import PostgresDatabase

    return _upgraded(PostgresDatabase(url, ids.uuid7()), ids, may_change=may_change)


def _upgraded(database: Database, ids: Ids, *, may_change: bool = True) -> Database:
    try:
        with database.reading() as connection:
            is_current = version(connection) == HEAD
        if not is_current:
            with database.writing([MIGRATION_LOCK]) as (connection, _):
                upgrade(connection, ids.token(), may_change=may_change)
    except Exception as error:
        database.close()
        raise translated(error) from error
    return database
