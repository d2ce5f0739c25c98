"""Opening a database: the file or the server, and the schema in it."""

from __future__ import annotations

from pathlib import Path

from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.sqlite import SqliteDatabase
from headrace_services.storage.store.upgrade import upgrade


def open_sqlite(path: Path, clock: Clock, ids: Ids) -> Database:
    """Opens a database file, and makes it if it is not there."""
    database = SqliteDatabase(path, clock)
    with database.writing(()) as (connection, _):
        upgrade(connection, ids.token())
    return database
