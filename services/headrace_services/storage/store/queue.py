"""The queue of runs: what waits, what holds slots, and the version that admissions are guarded by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select, tuple_, update

from headrace.errors import StaleEtagError
from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.runs import RECORD, RunRecord, in_states
from headrace_services.storage.store.schema import ACTIVE, QUEUED, queue, runs
from headrace_services.storage.store.transaction import Transaction

IS_QUEUED = in_states(QUEUED)
IS_ACTIVE = in_states(*ACTIVE)
IN_TURN = (runs.c.priority.desc(), runs.c.create_time, runs.c.number)

_VERSION = select(queue.c.version)
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


# What the order of the queue is made of; negated where higher goes first, so that positions compare as tuples do.
_PLACE = (-runs.c.priority, runs.c.create_time, runs.c.number)
Place = tuple[int, int, int]


class QueueAsk(NamedTuple):
    """What to read of the queue.

    Attributes:
        most: How many queued runs.
        excluded_groups: Groups whose runs are left out.
        after: Only runs behind this place.
        counted: Whether to count all that are queued.
        position_of: A run whose place is of interest.
    """

    most: int
    excluded_groups: Sequence[str] = ()
    after: Place | None = None
    counted: bool = True
    position_of: str = ""


class QueueView(NamedTuple):
    """The queue at one moment."""

    version: int
    queued: Sequence[RunRecord]
    active: Sequence[RunRecord]
    queued_count: int
    end: Place | None
    ahead: int


class QueueDepth(NamedTuple):
    """How long the queue is."""

    queued: int
    oldest_create_time: int | None
    active: int


def view(connection: Connection, ask: QueueAsk, now: int) -> QueueView:
    """Reads the queue; its version first, so that whatever changes meanwhile makes an admission fail."""
    version = connection.execute(_VERSION).scalar_one()
    rows = connection.execute(_waiting(ask, now)).all()
    active = [RunRecord._make(row) for row in connection.execute(_ACTIVE)]
    return QueueView(
        version,
        [RunRecord._make(row[:-3]) for row in rows],
        active,
        connection.execute(_COUNT).one()[0] if ask.counted else 0,
        (rows[-1][-3], rows[-1][-2], rows[-1][-1]) if len(rows) == ask.most else None,
        _ahead(connection, ask.position_of) if ask.position_of else 0,
    )


def _waiting(ask: QueueAsk, now: int) -> Select[Any]:
    # Written so that no index can answer it: the one that has the order must be read, and no more of it than is wanted.
    is_free = func.coalesce(runs.c.hold_until, 0) <= now
    found = select(*RECORD, *_PLACE).where(IS_QUEUED, is_free)
    if ask.excluded_groups:
        found = found.where(runs.c.queue_group.not_in(ask.excluded_groups))
    if ask.after is not None:
        # The first comparison says nothing new: it is what an index can begin at.
        found = found.where(runs.c.priority <= -ask.after[0], tuple_(*_PLACE) > tuple_(*ask.after))
    return found.order_by(*IN_TURN).limit(ask.most)


def _ahead(connection: Connection, run_id: str) -> int:
    place = connection.execute(select(*_PLACE).where(runs.c.run_id == run_id, IS_QUEUED)).one_or_none()
    if place is None:
        return 0
    before = select(func.count()).select_from(runs).where(IS_QUEUED, tuple_(*_PLACE) < tuple_(*place))
    return int(connection.execute(before).scalar_one())


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
