"""Attempts of steps that are executed apart from their run's worker; read and written under the run's lock."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from headrace_services.storage.store.guards import changed
from headrace_services.storage.store.schema import ACTIVE, runs, step_attempts
from headrace_services.storage.store.transaction import Transaction


class StepAttempt(NamedTuple):
    """The newest attempt of a step."""

    run_number: int
    step_key: str
    epoch: int
    attempt: int
    change: int
    step_order: bytes
    claim_id: str | None
    worker: str
    batch: int
    step_end: bytes | None


_RECORD = [step_attempts.c[name] for name in StepAttempt._fields]
_of_step = (step_attempts.c.run_number == bindparam("of_run"), step_attempts.c.step_key == bindparam("of_step"))
_GET = select(*_RECORD).where(*_of_step)
_INSERT = insert(step_attempts)
_REMOVE = delete(step_attempts).where(*_of_step)
_LAST_CHANGE = select(func.coalesce(func.max(step_attempts.c.change), 0)).where(
    step_attempts.c.run_number == bindparam("of_run")
)
_NEWS = (
    select(*_RECORD)
    .where(
        step_attempts.c.run_number == bindparam("of_run"),
        step_attempts.c.epoch == bindparam("of_epoch"),
        step_attempts.c.change > bindparam("after"),
        or_(step_attempts.c.claim_id.is_not(None), step_attempts.c.step_end.is_not(None)),
    )
    .order_by(step_attempts.c.change)
    .limit(bindparam("most"))
)
_PRUNE = delete(step_attempts).where(
    step_attempts.c.run_number.not_in(select(runs.c.number).where(runs.c.state.in_(ACTIVE)))
)


def find(tx: Transaction, run_number: int, step_key: str) -> StepAttempt | None:
    """Returns the newest attempt of a step."""
    row = tx.connection.execute(_GET, {"of_run": run_number, "of_step": step_key}).one_or_none()
    return None if row is None else StepAttempt._make(row)


def put(tx: Transaction, run_number: int, step_key: str, epoch: int, attempt: int, step_order: bytes) -> None:
    """Stores an attempt nobody has claimed, in the place of the one before."""
    tx.connection.execute(_REMOVE, {"of_run": run_number, "of_step": step_key})
    new = StepAttempt(run_number, step_key, epoch, attempt, _next_change(tx, run_number), step_order, None, "", 0, None)
    tx.connection.execute(_INSERT, new._asdict())


def change(tx: Transaction, known: StepAttempt, run_id: str, **values: Any) -> None:
    """Changes an attempt, and lets those know who watch."""
    statement = update(step_attempts).where(*_of_step).values(**values, change=_next_change(tx, known.run_number))
    tx.connection.execute(statement, {"of_run": known.run_number, "of_step": known.step_key})
    tx.hints.run_ids.add(run_id)


def advance(tx: Transaction, known: StepAttempt, batch: int) -> None:
    """Takes note of a batch; nobody who watches wants to know."""
    statement = update(step_attempts).where(*_of_step).values(batch=batch)
    tx.connection.execute(statement, {"of_run": known.run_number, "of_step": known.step_key})


def news(connection: Connection, run_number: int, epoch: int, after: int, most: int) -> list[StepAttempt]:
    """Reads attempts that were claimed or have ended, oldest change first."""
    values = {"of_run": run_number, "of_epoch": epoch, "after": after, "most": most}
    return [StepAttempt._make(row) for row in connection.execute(_NEWS, values)]


def prune(tx: Transaction) -> int:
    """Forgets the attempts of runs that nobody works on."""
    return changed(tx.connection.execute(_PRUNE))


def _next_change(tx: Transaction, run_number: int) -> int:
    return int(tx.connection.execute(_LAST_CHANGE, {"of_run": run_number}).scalar_one()) + 1
