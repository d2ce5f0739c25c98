"""The horizon of PostgreSQL's feed: every transaction of this database below it has ended, and what it stored can be seen.

`pg_snapshot_xmin` would do, but counts the transactions of all databases of the server: a report that runs for hours next
door would hold our feed up. So we take the end of a snapshot, and then the oldest transaction of our own database that
still runs. The order matters: whoever is below the end of the snapshot and no longer among those that run has ended before
we look for events, with a later snapshot; so a reader must not keep one snapshot for both, see `postgres.read_engine`.

The server shows a role the transactions of that role only: all storage processes of a deployment connect as the same one.
"""

from __future__ import annotations

_HERE = "datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND backend_xid IS NOT NULL"
# Backends show the lower 32 bits of their transaction's number; half the circle back is the past, the rest is to come.
_BEHIND = "((xmax - backend_xid::text::bigint) & 4294967295)"

HORIZON = f"""
    WITH snapshot AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax)
    SELECT least(xmax, (SELECT min(xmax - {_BEHIND}) FROM pg_stat_activity WHERE {_HERE} AND {_BEHIND} < 2147483648))
    FROM snapshot
"""
LAG_SECONDS = f"""
    SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0) FROM pg_stat_activity WHERE {_HERE}
"""
