"""Inserts that mind what is there already; both databases can, each in its own dialect of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sqlalchemy import Table


class PerDatabase:
    """A statement in both dialects; each is built, and its dialect loaded, when it is first needed."""

    def __init__(self, table: Table, build: Callable[[Any], Any]) -> None:
        """Takes what makes the statement of a plain insert into the table."""
        self._table = table
        self._build = build
        self._built: dict[str, Any] = {}

    def __getitem__(self, database_name: str) -> Any:
        if database_name not in self._built:
            self._built[database_name] = self._build(self._insert(database_name))
        return self._built[database_name]

    def _insert(self, database_name: str) -> Any:
        return import_module(f"sqlalchemy.dialects.{database_name}").insert(self._table)


def new_only(table: Table, *returning: Any) -> PerDatabase:
    """Returns the insert that does nothing, and so returns nothing, where the row is there already."""
    return PerDatabase(table, lambda insert: insert.on_conflict_do_nothing().returning(*returning))
