"""The queue of runs: what waits, what holds slots, and the version that admissions are guarded by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from headrace.errors import StaleEtagError
from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.runs import RECORD, RunRecord, in_states
from headrace_services.storage.store.schema import ACTIVE, QUEUED, queue, runs
from headrace_services.storage.store.transaction import Transaction

IS_QUEUED = in_states(QUEUED)
IS_ACTIVE = in_states(*ACTIVE)
IN_TURN = (runs.c.priority.desc(), runs.c.create_time, runs.c.number)

_VERSION = select(queue.c.version)
_QUEUED = select(*RECORD).where(IS_QUEUED).order_by(*IN_TURN).limit(bindparam("most"))
_ACTIVE = select(*RECORD).where(IS_ACTIVE).order_by(runs.c.number)
_COUNT = select(func.count(), func.min(runs.c.create_time)).select_from(runs).where(IS_QUEUED)
_COUNT_ACTIVE = select(func.count()).select_from(runs).where(IS_ACTIVE)
_COUNT_UP_TO = select(func.count()).select_from(
    select(literal_column("1")).select_from(runs).where(IS_QUEUED).limit(bindparam("most")).subquery()
)
_NEXT_VERSION = (
    update(queue)
    .where(queue.c.version == bindparam("believed"))
    .values(version=queue.c.version + 1)
    .returning(queue.c.version)
)


class QueueView(NamedTuple):
    """The queue at one moment."""

    version: int
    queued: Sequence[RunRecord]
    active: Sequence[RunRecord]
    queued_count: int


class QueueDepth(NamedTuple):
    """How long the queue is."""

    queued: int
    oldest_create_time: int | None
    active: int


def view(connection: Connection, most: int) -> QueueView:
    """Reads the queue; its version first, so that whatever changes meanwhile makes an admission fail."""
    version = connection.execute(_VERSION).scalar_one()
    queued = [RunRecord._make(row) for row in connection.execute(_QUEUED, {"most": most})]
    active = [RunRecord._make(row) for row in connection.execute(_ACTIVE)]
    count = len(queued) if len(queued) < most else connection.execute(_COUNT).one()[0]
    return QueueView(version, queued, active, count)


def depth(connection: Connection) -> QueueDepth:
    count, oldest = connection.execute(_COUNT).one()
    return QueueDepth(count, oldest, connection.execute(_COUNT_ACTIVE).scalar_one())


def queued_up_to(connection: Connection, most: int) -> int:
    """Returns how many runs are queued, and stops to count at `most`."""
    return int(connection.execute(_COUNT_UP_TO, {"most": most}).scalar_one())


def advance(tx: Transaction, version: int) -> None:
    """Makes this the one admission that follows the version.

    Raises:
        StaleEtagError: another one did already.
    """
    result = tx.connection.execute(_NEXT_VERSION, {"believed": version})
    expect_one(result, lambda: StaleEtagError("runs were admitted since the queue was read: read it again"))
