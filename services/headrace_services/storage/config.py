"""Which database an instance has."""

from __future__ import annotations

from collections.abc import Callable

from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.kit.config import InstanceConfig
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.opening import open_sqlite

DATABASE_FILE = "headrace.db"


def database_opener(instance: InstanceConfig, clock: Clock, ids: Ids) -> Callable[[], Database]:
    """Returns what opens the instance's database and brings its schema up to date."""
    path = instance.path(instance.storage.base_dir) / DATABASE_FILE
    return lambda: open_sqlite(path, clock, ids)
