"""Forgetting what happened inside runs that ended long ago; that they ran, and how they ended, is kept."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.schema import deployment, events, runs
from headrace_services.storage.store.transaction import Transaction

# The events that are kept: a run's changes of state, by their number in the contract.
_STATE_CHANGED = 10
# Runs that were made before this have been looked at: none is looked at twice.
_MARK = "events_pruned_until"


def prune(tx: Transaction, finished_before: int, most: int) -> tuple[int, bool]:
    """Removes events of the next runs, and returns how many, and whether there may be more runs.

    A run that is still going on when its turn comes keeps its events for as long as it is kept itself.
    """
    mark = _mark(tx)
    old = (
        select(runs.c.number, runs.c.create_time, runs.c.finish_time)
        .where(runs.c.create_time > mark, runs.c.create_time < finished_before)
        .order_by(runs.c.create_time, runs.c.number)
        .limit(most)
    )
    rows = tx.connection.execute(old).all()
    if not rows:
        return 0, False
    # Runs of one moment stay together, or the mark would pass over some of them.
    last = rows[-1].create_time
    numbers = [row.number for row in rows if row.finish_time is not None and row.finish_time < finished_before]
    if len(rows) == most and rows[0].create_time != last:
        numbers = [row.number for row in rows if row.number in set(numbers) and row.create_time != last]
        last = max(row.create_time for row in rows if row.create_time != last)
    removed = 0
    if numbers:
        condition = (events.c.run_number.in_(numbers), events.c.kind != _STATE_CHANGED)
        removed = changed(tx.connection.execute(delete(events).where(*condition)))
    tx.connection.execute(update(deployment).where(deployment.c.key == _MARK).values(value=str(last)))
    return removed, len(rows) == most


def _mark(tx: Transaction) -> int:
    found = tx.connection.execute(select(deployment.c.value).where(deployment.c.key == _MARK)).scalar_one_or_none()
    if found is None:
        tx.connection.execute(insert(deployment).values(key=_MARK, value="0"))
        return 0
    return int(found)
