"""Brings the schema up to date when storage starts."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from headrace_services.storage.store import deployment
from headrace_services.storage.store.schema import metadata


def upgrade(connection: Connection, generation: str) -> None:
    """Makes the schema of a new database."""
    if not inspect(connection).has_table("deployment"):
        metadata.create_all(connection)
        deployment.found(connection, generation)
