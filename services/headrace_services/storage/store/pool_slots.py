"""Sharing out the slots of pools, under one lock: who holds one counts only while their run's worker holds the run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, func, insert, literal_column, select, update

from headrace_services.storage.store import pools
from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.hints import POOL
from headrace_services.storage.store.pools import PoolLimits
from headrace_services.storage.store.runs import in_states
from headrace_services.storage.store.schema import CANCELING, RUNNING, pool_steps, runs
from headrace_services.storage.store.transaction import Transaction


class Want(NamedTuple):
    """A step that holds a slot, or wants one."""

    step_key: str
    pool: str
    priority: int


_WORKER_LIVES = and_(
    runs.c.number == pool_steps.c.run_number,
    runs.c.epoch == pool_steps.c.epoch,
    in_states(RUNNING, CANCELING),
    runs.c.lease_until > bindparam("now"),
)
# A lease that has run out could still be renewed by a transaction that began before. Once its slots are given to
# others it must not be.
_END_LEASES = (
    update(runs)
    .where(
        runs.c.number.in_(select(pool_steps.c.run_number).where(pool_steps.c.held == 1)),
        in_states(RUNNING, CANCELING),
        runs.c.lease_until <= bindparam("now"),
        runs.c.lease_until > 0,
    )
    .values(lease_until=0)
)
_FORGET_DEAD = delete(pool_steps).where(~select(literal_column("1")).where(_WORKER_LIVES).exists())
_FORGET_RUN = delete(pool_steps).where(pool_steps.c.run_number == bindparam("of_run"))
_FORGET = delete(pool_steps).where(pool_steps.c.number.in_(bindparam("numbers", expanding=True)))
_KNOWN = select(pool_steps.c.number, pool_steps.c.step_key, pool_steps.c.pool, pool_steps.c.epoch).where(
    pool_steps.c.run_number == bindparam("of_run")
)
_ADD = insert(pool_steps)
_CONTENDED = (
    select(pool_steps.c.pool, func.sum(pool_steps.c.held))
    .group_by(pool_steps.c.pool)
    .having(func.sum(1 - pool_steps.c.held) > 0)
)
_NEXT = (
    select(pool_steps.c.number)
    .where(pool_steps.c.pool == bindparam("of_pool"), pool_steps.c.held == 0)
    .order_by(pool_steps.c.priority.desc(), pool_steps.c.number)
)
_GRANTED = select(pool_steps.c.run_number, pool_steps.c.step_key).where(
    pool_steps.c.run_number.in_(bindparam("of_runs", expanding=True)), pool_steps.c.held == 1
)


def declare(tx: Transaction, run_number: int, epoch: int, wants: Sequence[Want]) -> None:
    """Makes the steps of a run those that hold slots or want them; the others give theirs back."""
    wanted = {want.step_key: want for want in wants}
    known: set[str] = set()
    gone: list[int] = []
    for number, step_key, pool, of_epoch in tx.connection.execute(_KNOWN, {"of_run": run_number}):
        want = wanted.get(step_key)
        if want is not None and (want.pool, epoch) == (pool, of_epoch):
            known.add(step_key)
        else:
            gone.append(number)
    if gone:
        tx.connection.execute(_FORGET, {"numbers": gone})
        tx.hints.kinds.add(POOL)
    new = [
        {**want._asdict(), "run_number": run_number, "epoch": epoch, "held": 0, "since": tx.now}
        for want in wanted.values()
        if want.step_key not in known
    ]
    if new:
        tx.connection.execute(_ADD, new)


def settle(tx: Transaction, limits: PoolLimits, concerned: Collection[int] = ()) -> None:
    """Gives free slots to those who come first; `concerned` are the runs that will learn of it without a hint."""
    now = {"now": tx.now}
    tx.connection.execute(_END_LEASES, now)
    if changed(tx.connection.execute(_FORGET_DEAD, now)):
        tx.hints.kinds.add(POOL)
    contended = tx.connection.execute(_CONTENDED).all()
    if not contended:
        return
    slots = {use.name: use.limit for use in pools.in_use(tx.connection, limits)}
    for pool, held in contended:
        limit = slots[pool]
        if limit is None or held < limit:
            granted = _grant(tx, pool, None if limit is None else limit - held)
            if not granted.issubset(concerned):
                tx.hints.kinds.add(POOL)


def _grant(tx: Transaction, pool: str, free: int | None) -> set[int]:
    first: Any = _NEXT.limit(free)
    grant = (
        update(pool_steps)
        .where(pool_steps.c.number.in_(first))
        .values(held=1, since=tx.now)
        .returning(pool_steps.c.run_number)
    )
    return set(tx.connection.execute(grant, {"of_pool": pool}).scalars())


def granted(tx: Transaction, run_numbers: Sequence[int]) -> dict[int, list[str]]:
    """Returns the steps that hold slots, by run."""
    found: dict[int, list[str]] = {number: [] for number in run_numbers}
    for number, step_key in tx.connection.execute(_GRANTED, {"of_runs": list(run_numbers)}):
        found[number].append(step_key)
    return found


def forget(tx: Transaction, run_number: int) -> None:
    """Takes a run's slots back: nobody works on it any more."""
    tx.connection.execute(_FORGET_RUN, {"of_run": run_number})
    tx.hints.kinds.add(POOL)
