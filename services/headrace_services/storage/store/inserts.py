"""Inserts that mind what is there already; both databases can, each in its own dialect of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def by_dialect(table: Table) -> Mapping[str, Any]:
    """Returns an insert for each database, to be given an `on_conflict_…` clause."""
    return {"sqlite": sqlite.insert(table), "postgresql": postgresql.insert(table)}


def new_only(table: Table, *returning: Any) -> Mapping[str, Any]:
    """Returns, for each database, the insert that does nothing where the row is there already."""
    found = {name: insert.on_conflict_do_nothing() for name, insert in by_dialect(table).items()}
    return {name: insert.returning(*returning) for name, insert in found.items()} if returning else found
