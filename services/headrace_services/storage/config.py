"""Which database an instance has."""

from __future__ import annotations

from collections.abc import Callable

from headrace.clock import Clock
from headrace.errors import FailedPreconditionError
from headrace.ids import Ids
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.components import PostgresStorage, SqliteStorage
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.opening import open_postgres, open_sqlite

DATABASE_FILE = "headrace.db"
# A server may be starting, or another process changing the schema. A file that somebody else has will stay theirs.
_SERVER_PATIENCE_SECONDS = 30.0


def patience_seconds(instance: InstanceConfig) -> float:
    """Returns for how long to wait for the instance's database when storage starts."""
    return _SERVER_PATIENCE_SECONDS if isinstance(instance.storage, PostgresStorage) else 0.0


def database_opener(instance: InstanceConfig, clock: Clock, ids: Ids) -> Callable[[], Database]:
    """Returns what opens the instance's database and brings its schema up to date.

    Raises:
        FailedPreconditionError: the instance names a storage that this version cannot use.
    """
    storage = instance.storage
    if isinstance(storage, SqliteStorage):
        path = instance.path(storage.base_dir) / DATABASE_FILE
        return lambda: open_sqlite(path, clock, ids)
    if isinstance(storage, PostgresStorage):
        url, may_change = storage.dsn(), storage.should_autocreate_tables
        return lambda: open_postgres(url, ids, may_change=may_change)
    raise FailedPreconditionError(f"storage: {storage}")
