"""Brings the schema up to date when storage starts.

Alembic is slow to import and almost never needed: it is left alone where the database is at the head already, and a new
database gets the tables of `schema`, which a test holds equal to what the migrations make.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select, text

from headrace.errors import FailedPreconditionError
from headrace_services.storage.store import deployment
from headrace_services.storage.store.schema import metadata

HEAD = "0007"
_MIGRATIONS = Path(__file__).parent / "migrations"

# Alembic's own table, as it would make it.
_versions = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))


def version(connection: Connection) -> str | None:
    """Returns the revision that a database is at; None if it is empty."""
    if not inspect(connection).has_table(_versions.name):
        return None
    return connection.execute(select(_versions.c.version_num)).scalar_one_or_none()


def upgrade(connection: Connection, generation: str, *, may_change: bool = True) -> None:
    """Brings a database to the head, under a lock that the caller holds.

    Raises:
        FailedPreconditionError: the database is of a newer version, or must be changed and may not.
    """
    found = version(connection)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise FailedPreconditionError(
            f"the database is of a newer version of Headrace: its schema is at {found}, this one knows {HEAD}. "
            "Start the newer version, or restore a backup"
        )
    if not may_change:
        raise FailedPreconditionError(
            f"the schema is at {found or 'nothing'} and must be at {HEAD}, but should_autocreate_tables is off: "
            "start storage once with it on"
        )
    _take_as_long_as_it_takes(connection)
    if found is None:
        _create(connection, generation)
    else:
        migrate(connection)


def _take_as_long_as_it_takes(connection: Connection) -> None:
    # The limits that keep a stalled writer from holding up everybody would end the change of a large table halfway.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _create(connection: Connection, generation: str) -> None:
    metadata.create_all(connection)
    _versions.create(connection)
    connection.execute(insert(_versions).values(version_num=HEAD))
    deployment.found(connection, generation)


def migrate(connection: Connection) -> None:
    """Runs every migration that the database does not have yet."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
