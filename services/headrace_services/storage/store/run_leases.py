"""Leases of workers on runs: everything under one is fenced by state, epoch, token and the database's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Row,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    update,
)

from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.queue import IS_ACTIVE
from headrace_services.storage.store.runs import RECORD, RunRecord, in_states
from headrace_services.storage.store.schema import CANCELING, RUNNING, STARTING, runs
from headrace_services.storage.store.transaction import Transaction

START, LEASE, CANCEL, RUNTIME = range(1, 5)

_HELD = (
    runs.c.run_id == bindparam("of_run"),
    runs.c.epoch == bindparam("of_epoch"),
    runs.c.run_token == bindparam("of_token"),
    in_states(RUNNING, CANCELING),
    runs.c.lease_until > bindparam("now"),
)
_APPEND = (
    update(runs)
    .where(*_HELD, runs.c.batch == bindparam("number_of_batch") - 1)
    .values(
        batch=bindparam("number_of_batch"),
        last_sequence=runs.c.last_sequence + bindparam("count"),
        lease_until=bindparam("now") + runs.c.lease_ttl,
    )
    .returning(runs.c.number, runs.c.last_sequence, runs.c.state)
)
_TTL = func.coalesce(bindparam("ttl", type_=BigInteger), runs.c.lease_ttl)
_RENEW = update(runs).where(*_HELD).values(lease_until=bindparam("now") + _TTL, lease_ttl=_TTL).returning(runs.c.state)
_IS_HELD = select(runs.c.number).where(*_HELD)
_HEAR = (
    update(runs)
    .where(*_HELD, runs.c.pool_round <= bindparam("heard"))
    .values(pool_round=bindparam("heard"))
    .returning(runs.c.number)
)
_END = (
    update(runs)
    .where(
        runs.c.run_id == bindparam("of_run"),
        runs.c.launch_token == bindparam("of_launch"),
        IS_ACTIVE,
        or_(runs.c.lease_until.is_(None), runs.c.lease_until > bindparam("now")),
    )
    .values(lease_until=bindparam("now"), worker_detail=bindparam("detail"))
    .returning(runs.c.number)
)
_NOTE = (
    update(runs)
    .where(runs.c.run_id == bindparam("of_run"), runs.c.launch_token == bindparam("of_launch"), in_states(STARTING))
    .values(worker_detail=bindparam("detail"))
    .returning(runs.c.number)
)


class Holder(NamedTuple):
    """Who says that they hold a run."""

    run_id: str
    epoch: int
    run_token: str


class Appended(NamedTuple):
    """A run that made room for a batch of events."""

    number: int
    last_sequence: int
    state: int


class NotHeldError(Exception):
    """The guard did not hold; why is another question."""


def append(tx: Transaction, holder: Holder, batch: int, count: int) -> Appended:
    """Makes room for a batch of events, which must follow in the same transaction, and prolongs the lease.

    Raises:
        NotHeldError: the lease is lost, or this is not the batch that comes next.
    """
    row = _guarded(tx, _APPEND, holder, number_of_batch=batch, count=count)
    return Appended._make(row)


def renew(tx: Transaction, holder: Holder, ttl: int | None = None) -> int:
    """Prolongs a lease, by as long as the last time if nothing else is said, and returns the run's state.

    Raises:
        NotHeldError: the lease is lost.
    """
    return int(_guarded(tx, _RENEW, holder, ttl=ttl)[0])


def is_held(connection: Connection, holder: Holder, now: int) -> bool:
    """Tells whether a lease is held, and changes nothing."""
    return connection.execute(_IS_HELD, _held_by(holder, now)).one_or_none() is not None


def hear_of_pools(tx: Transaction, holder: Holder, round_: int) -> int:
    """Takes note of what a holder says of its slots, and returns the run's number.

    Raises:
        NotHeldError: the lease is lost, or something newer was heard.
    """
    return int(_guarded(tx, _HEAR, holder, heard=round_)[0])


def end(tx: Transaction, run_id: str, launch_token: str, detail: str) -> None:
    """Ends the lease of a worker that is gone, or the start of one that never came.

    Raises:
        NotHeldError: the token is not the current one, or the lease has ended already.
    """
    result = tx.connection.execute(_END, {"of_run": run_id, "of_launch": launch_token, "now": tx.now, "detail": detail})
    expect_one(result, NotHeldError)


def note(tx: Transaction, run_id: str, launch_token: str, detail: str) -> None:
    """Takes note of why no worker has come yet.

    Raises:
        NotHeldError: one has, or the token is not the current one.
    """
    result = tx.connection.execute(_NOTE, {"of_run": run_id, "of_launch": launch_token, "detail": detail})
    expect_one(result, NotHeldError)


def _guarded(tx: Transaction, statement: Any, holder: Holder, **values: int | None) -> Row[Any]:
    refusal: Callable[[], Exception] = NotHeldError
    return expect_one(tx.connection.execute(statement, {**_held_by(holder, tx.now), **values}), refusal)


def _held_by(holder: Holder, now: int) -> dict[str, Any]:
    return {"of_run": holder.run_id, "of_epoch": holder.epoch, "of_token": holder.run_token, "now": now}


class Timeouts(NamedTuple):
    """How long a run may be in a state, in microseconds."""

    start: int
    cancel: int
    runtime: int


class Overdue(NamedTuple):
    """A run that the monitor must look at, and why."""

    run: RunRecord
    reason: int


_NOW: BindParameter[int] = bindparam("now", type_=BigInteger)
_NEVER = -1
# A run's own limit stands in for the common one; 0 is for no limit.
_CLAIMED_BEFORE = case(
    (runs.c.max_runtime.is_(None), bindparam("claimed_before", type_=BigInteger)),
    (runs.c.max_runtime == 0, _NEVER),
    else_=_NOW - runs.c.max_runtime,
)
# The first that holds is the reason: a lost lease says more than a timeout.
_REASON = case(
    ((runs.c.state == STARTING) & (runs.c.lease_until <= _NOW), START),
    ((runs.c.state == STARTING) & (runs.c.state_time <= bindparam("started_before")), START),
    ((runs.c.state != STARTING) & (runs.c.lease_until.is_(None) | (runs.c.lease_until <= _NOW)), LEASE),
    ((runs.c.state == CANCELING) & (runs.c.state_time <= bindparam("canceled_before")), CANCEL),
    ((runs.c.state == RUNNING) & (runs.c.start_time <= _CLAIMED_BEFORE), RUNTIME),
    else_=null(),
)
_OVERDUE = (
    select(*RECORD, _REASON.label("reason"))
    .where(IS_ACTIVE, _REASON.is_not(None), runs.c.number > bindparam("after"))
    .order_by(runs.c.number)
    .limit(bindparam("most"))
)


def overdue(connection: Connection, now: int, timeouts: Timeouts, after: int, most: int) -> list[Overdue]:
    """Reads runs that need the monitor, by number, beginning after `after`."""
    values = {
        "now": now,
        "started_before": now - timeouts.start,
        "canceled_before": now - timeouts.cancel,
        "claimed_before": now - timeouts.runtime if timeouts.runtime else _NEVER,
        "after": after,
        "most": most,
    }
    return [Overdue(RunRecord._make(row[:-1]), row[-1]) for row in connection.execute(_OVERDUE, values)]
