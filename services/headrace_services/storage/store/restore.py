"""A PostgreSQL database that was restored on another server, where transactions are counted anew.

Its events carry transaction numbers that are still to come there: the feed would keep them back until they have, and
then mix new events among them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from headrace_services.storage.store import deployment

_IS_RESTORED = text("SELECT coalesce(max(xid), 0) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM events")
# Ids were given under each run's lock, so that alone they agree with every run's own order too.
_RENUMBER = text("UPDATE events SET xid = 0")
_TAKE_TIME = text("SET LOCAL statement_timeout = 0")


def is_restored(connection: Connection) -> bool:
    """Tells whether events have transaction numbers that this server has not reached."""
    return bool(connection.execute(_IS_RESTORED).scalar_one())


def renumber(connection: Connection, generation: str) -> None:
    """Puts all events before those to come, in the order of their ids; cursors of before have expired."""
    connection.execute(_TAKE_TIME)
    connection.execute(_RENUMBER)
    deployment.begin(connection, generation)
