"""Pools: their limits, and what of them is in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, func, literal_column, select, tuple_, union_all

from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import pool_steps, pools, runs
from headrace_services.storage.store.transaction import Transaction

NO_LIMIT, SET, FILE, DEFAULT = range(4)
_WAITING, _HELD, _LIMIT = range(3)


@dataclass(frozen=True)
class PoolLimits:
    """What the instance's configuration says of pools.

    Attributes:
        default: Slots of a pool that nothing else is said about; None for any number.
        by_name: Slots of single pools.
    """

    default: int | None = None
    by_name: Mapping[str, int] = field(default_factory=dict)

    def of(self, name: str, set_to: int | None) -> tuple[int | None, int]:
        """Returns a pool's slots and where that comes from; what was set while Headrace ran comes first."""
        if set_to is not None:
            return set_to, SET
        if name in self.by_name:
            return self.by_name[name], FILE
        return self.default, NO_LIMIT if self.default is None else DEFAULT


class PoolUse(NamedTuple):
    """A pool as it stands."""

    name: str
    limit: int | None
    source: int
    held: int
    waiting: int


class PoolPlace(NamedTuple):
    """A step that holds a slot or waits for one."""

    number: int
    run_id: str
    step_key: str
    pool: str
    held: int
    priority: int
    since: int


_IN_USE = union_all(
    select(pool_steps.c.pool, pool_steps.c.held, func.count()).group_by(pool_steps.c.pool, pool_steps.c.held),
    select(pools.c.name, literal_column(str(_LIMIT)), pools.c.slots),
)
# Who holds a slot comes first; negated where higher goes first, so that places compare as tuples do.
_ORDER = (-pool_steps.c.held, -pool_steps.c.priority, pool_steps.c.number)
Place = tuple[int, int, int]
_PLACES: Select[Any] = select(
    pool_steps.c.number,
    runs.c.run_id,
    pool_steps.c.step_key,
    pool_steps.c.pool,
    pool_steps.c.held,
    pool_steps.c.priority,
    pool_steps.c.since,
).join(runs, runs.c.number == pool_steps.c.run_number)
_SET = PerDatabase(
    pools,
    lambda insert: insert.on_conflict_do_update(index_elements=[pools.c.name], set_={"slots": insert.excluded.slots}),
)
_UNSET = delete(pools).where(pools.c.name == bindparam("of_pool"))


def in_use(connection: Connection, limits: PoolLimits) -> list[PoolUse]:
    """Reads the pools that have steps, or a limit of their own, by name."""
    counts: dict[str, Counter[int]] = {name: Counter() for name in limits.by_name}
    for name, what, count in connection.execute(_IN_USE):
        counts.setdefault(name, Counter())[what] = count
    return [_use(name, each, limits) for name, each in sorted(counts.items())]


def _use(name: str, counts: Counter[int], limits: PoolLimits) -> PoolUse:
    limit, source = limits.of(name, counts.get(_LIMIT))
    return PoolUse(name, limit, source, counts[_HELD], counts[_WAITING])


def find(connection: Connection, name: str, limits: PoolLimits) -> PoolUse:
    """Reads one pool; one that nobody has named yet is an empty one."""
    found = (use for use in in_use(connection, limits) if use.name == name)
    return next(found, _use(name, Counter(), limits))


def places(
    connection: Connection, pool: str, run_ids: Sequence[str], after: Place | None, most: int
) -> list[PoolPlace]:
    """Reads who holds slots and who waits, of one pool or of some runs, in their order, beginning after a place."""
    statement = _PLACES.where(pool_steps.c.pool == pool) if pool else _PLACES
    if run_ids:
        statement = statement.where(runs.c.run_id.in_(run_ids))
    if after is not None:
        statement = statement.where(tuple_(*_ORDER) > tuple_(*after))
    return [PoolPlace._make(row) for row in connection.execute(statement.order_by(*_ORDER).limit(most))]


def place_of(step: PoolPlace) -> Place:
    """Returns where a step is in the order."""
    return -step.held, -step.priority, step.number


def set_limit(tx: Transaction, name: str, slots: int | None) -> None:
    """Gives a pool a limit of its own, or takes it away."""
    if slots is None:
        tx.connection.execute(_UNSET, {"of_pool": name})
    else:
        tx.connection.execute(_SET[tx.database.name], {"name": name, "slots": slots})
