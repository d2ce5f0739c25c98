"""Runs: made once, read by id, moved from state to state under a guard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from headrace_services.storage.store.guards import expect_one
from headrace_services.storage.store.inserts import PerDatabase
from headrace_services.storage.store.schema import (
    CANCELING,
    FINISHED,
    QUEUED,
    RUNNING,
    STARTING,
    events,
    pool_steps,
    run_specs,
    run_tags,
    runs,
    step_attempts,
)
from headrace_services.storage.store.transaction import Transaction


class NewRun(NamedTuple):
    """A run to be made."""

    run_id: str
    location_name: str
    job_name: str
    root_run_id: str
    priority: int
    tags: Sequence[tuple[str, str]]
    spec: bytes
    queue_group: str = ""
    max_runtime: int | None = None


class RunRecord(NamedTuple):
    """A run as it is stored."""

    number: int
    run_id: str
    state: int
    state_time: int
    epoch: int
    attempt: int
    last_sequence: int
    location_name: str
    job_name: str
    definitions_digest: str
    create_time: int
    admit_time: int | None
    start_time: int | None
    finish_time: int | None
    worker: str
    worker_detail: str
    failure: bytes | None
    launch_token: str | None
    claim_id: str | None
    run_token: str | None
    batch: int
    lease_until: int | None
    hold_until: int | None
    pool_round: int
    spec: bytes


_spec = select(run_specs.c.spec).where(run_specs.c.run_number == runs.c.number).scalar_subquery().label("spec")
# What a `RunRecord` is made of, in its order; also what guarded updates return.
RECORD: tuple[ColumnElement[Any], ...] = (*(runs.c[name] for name in RunRecord._fields[:-1]), _spec)

_GET = select(*RECORD).where(runs.c.run_id == bindparam("run_id"))
_INSERT = insert(runs).returning(*RECORD[:-1])
_INSERT_SPEC = insert(run_specs)
_INSERT_TAG = insert(run_tags)


def _tag(statement: Any) -> Any:
    upsert = statement.values(run_number=bindparam("of_run"), key=bindparam("name"), value=bindparam("new_value"))
    return upsert.on_conflict_do_update(
        index_elements=[run_tags.c.run_number, run_tags.c.key], set_={"value": upsert.excluded.value}
    )


_TAG = PerDatabase(run_tags, _tag)


def find(connection: Connection, run_id: str) -> RunRecord | None:
    row = connection.execute(_GET, {"run_id": run_id}).one_or_none()
    return None if row is None else RunRecord._make(row)


def taken(connection: Connection, run_ids: Sequence[str]) -> Sequence[str]:
    """Returns those of these ids that runs have already."""
    return connection.execute(select(runs.c.run_id).where(runs.c.run_id.in_(run_ids))).scalars().all()


def add(tx: Transaction, new: Sequence[NewRun]) -> list[RunRecord]:
    """Stores new runs as QUEUED; their first events must follow in the same transaction."""
    inserted = tx.connection.execute(_INSERT, [_queued(tx, run) for run in new]).all()
    rows = {row.run_id: row for row in inserted}
    records = [RunRecord._make((*rows[run.run_id], run.spec)) for run in new]
    specs = [{"run_number": record.number, "spec": record.spec} for record in records]
    tx.connection.execute(_INSERT_SPEC, specs)
    tags = [
        {"key": key, "value": value, "run_number": record.number}
        for run, record in zip(new, records, strict=True)
        for key, value in run.tags
    ]
    if tags:
        tx.connection.execute(_INSERT_TAG, tags)
    return records


def _queued(tx: Transaction, run: NewRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "state": QUEUED,
        "state_time": tx.now,
        "last_sequence": 1,
        "priority": run.priority,
        "location_name": run.location_name,
        "job_name": run.job_name,
        "root_run_id": run.root_run_id,
        "create_time": tx.now,
        "queue_group": run.queue_group,
        "max_runtime": run.max_runtime,
    }


def change(
    tx: Transaction,
    run_id: str,
    guard: Sequence[ColumnElement[bool]],
    values: Mapping[str, Any],
    refusal: Callable[[], Exception],
) -> RunRecord:
    """Changes a run if the guard holds, and returns it as it is then.

    Raises:
        Exception: `refusal()`, when the guard does not hold.
    """
    statement = update(runs).where(runs.c.run_id == run_id, and_(True, *guard)).values(**values).returning(*RECORD)
    return RunRecord._make(expect_one(tx.connection.execute(statement), refusal))


def tag(tx: Transaction, number: int, tags: Sequence[tuple[str, str]], spec: bytes) -> None:
    """Gives a run more tags, under its lock; `spec` has them already."""
    tx.connection.execute(update(run_specs).where(run_specs.c.run_number == number).values(spec=spec))
    rows = [{"of_run": number, "name": key, "new_value": value} for key, value in tags]
    if rows:
        tx.connection.execute(_TAG[tx.database.name], rows)


def no_lease(now: int) -> ColumnElement[bool]:
    """The condition that nobody holds a run at this moment."""
    return or_(runs.c.lease_until.is_(None), runs.c.lease_until <= now)


def remove(tx: Transaction, number: int) -> None:
    """Removes a run and its events; the materializations among them are kept elsewhere."""
    for table in (events, run_tags, run_specs, pool_steps, step_attempts):
        tx.connection.execute(delete(table).where(table.c.run_number == number))
    tx.connection.execute(delete(runs).where(runs.c.number == number))


def prune(tx: Transaction, finished_before: int, most: int) -> int:
    """Removes the oldest runs that were over before a time, at most `most`, and returns how many."""
    # A run is made before it ends: the index of creation bounds the search.
    old = (
        select(runs.c.number)
        .where(runs.c.create_time < finished_before, runs.c.finish_time < finished_before)
        .order_by(runs.c.create_time)
        .limit(most)
    )
    numbers = tx.connection.execute(old).scalars().all()
    for number in numbers:
        remove(tx, number)
    return len(numbers)


def in_states(*states: int) -> ColumnElement[bool]:
    """The condition that a run is in one of these states.

    Written as literals: a partial index is only used where its condition can be read off the statement.
    """
    literals: list[ColumnElement[int]] = [literal_column(str(int(state))) for state in states]
    return runs.c.state == literals[0] if len(literals) == 1 else runs.c.state.in_(literals)


def more_events(count: int) -> dict[str, Any]:
    """The change that makes room for `count` more events, which must follow in the same transaction."""
    return {"last_sequence": runs.c.last_sequence + count}


def admitted(now: int, launch_token: str) -> dict[str, Any]:
    """The change that begins an attempt: nothing of the one before holds any more."""
    return {
        **_NO_WORKER,
        "state": STARTING,
        "state_time": now,
        "admit_time": now,
        "attempt": runs.c.attempt + 1,
        "epoch": runs.c.epoch + 1,
        "launch_token": launch_token,
        "worker": "",
        "worker_detail": "",
        "hold_until": None,
    }


def claimed(now: int, claim_id: str, run_token: str, worker: str, ttl: int) -> dict[str, Any]:
    """The change that gives a run to a worker."""
    return {
        "state": RUNNING,
        "state_time": now,
        "start_time": now,
        "claim_id": claim_id,
        "run_token": run_token,
        "worker": worker,
        "worker_detail": "",
        "batch": 0,
        "lease_until": now + ttl,
        "lease_ttl": ttl,
    }


def moved(now: int, state: int) -> dict[str, Any]:
    """The change of state that leaves the worker its lease, or takes it away."""
    values: dict[str, Any] = {"state": state, "state_time": now}
    if state == RUNNING:
        return values | {"start_time": now}
    if state == CANCELING:
        # Where no worker has the run there is no lease: then nobody will confirm the cancel, and it is overdue at once.
        return values | {"lease_until": func.coalesce(runs.c.lease_until, now)}
    values |= _NO_WORKER
    if state == QUEUED:
        values |= {"worker": ""}
    if state in FINISHED:
        values |= {"finish_time": now}
    return values


_NO_WORKER = {
    "launch_token": None,
    "claim_id": None,
    "run_token": None,
    "batch": 0,
    "lease_until": None,
    "pool_round": 0,
}


def held_back(until: int) -> dict[str, Any]:
    """The change that keeps a queued run from being admitted before a moment."""
    return {"hold_until": until}


def has_launch_token(token: str) -> ColumnElement[bool]:
    """The condition that this is the attempt that the token was made for."""
    return runs.c.launch_token == token


def start_not_given_up() -> ColumnElement[bool]:
    """The condition that nobody has reported the death of the worker that was to claim the run."""
    return runs.c.lease_until.is_(None)


def is_in_epoch(epoch: int) -> ColumnElement[bool]:
    """The condition that a run has had no other holder since."""
    return runs.c.epoch == epoch
