"""Facts about the database as a whole."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from headrace_services.storage.store.database import Database
from headrace_services.storage.store.schema import deployment, queue

_GENERATION = "generation"
_GET = select(deployment.c.value).where(deployment.c.key == bindparam("name"))


def found(connection: Connection, generation: str) -> None:
    """Fills the tables of a new database with the rows that everything else relies on."""
    connection.execute(insert(queue).values(only=1, version=1))
    connection.execute(insert(deployment).values(key=_GENERATION, value=generation))


def begin(connection: Connection, generation: str) -> None:
    """Makes every cursor of before expire."""
    connection.execute(update(deployment).where(deployment.c.key == _GENERATION).values(value=generation))


def generation(database: Database) -> str:
    """Returns what tells this database from every other one that its cursors could be shown to."""
    with database.reading() as connection:
        return str(connection.execute(_GET, {"name": _GENERATION}).scalar_one())
