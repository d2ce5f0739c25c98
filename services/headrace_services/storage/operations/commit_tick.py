"""CommitTick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, CommitTickResponse
from headrace.api.types.v1.instigator_pb2 import Tick
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import RunIdTakenError
from headrace_services.storage.messages.run_messages import new_run, set_time
from headrace_services.storage.messages.tick_messages import (
    etag_of,
    instigator_message,
    ref_of,
    tick_id_of,
    tick_message,
)
from headrace_services.storage.operations.checks import require, require_ref, wrong
from headrace_services.storage.operations.create_run import queue_run
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import instigators, runs, ticks
from headrace_services.storage.store.instigators import InstigatorRecord, stale
from headrace_services.storage.store.locks import instigator_lock, run_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_MOST_RUNS = 1000


async def commit_tick(store: Store, request: CommitTickRequest) -> CommitTickResponse:
    """Stores a tick with its runs and the cursor, all or nothing."""
    _check(request)
    ref, due_time = ref_of(request.tick.ref), request.tick.due_time.ToMicroseconds()

    def act(tx: Transaction) -> CommitTickResponse:
        known = instigators.find(tx.connection, ref)
        stored = ticks.find(tx, known.number, due_time) if known else None
        if known and stored:
            return CommitTickResponse(
                tick=tick_message(stored.payload), committed=False, instigator=instigator_message(known)
            )
        if request.etag != etag_of(known):
            raise stale(ref)
        return _commit(tx, request, known)

    locks = frozenset({instigator_lock(*ref), *(run_lock(run.run_id) for run in request.runs)})
    # Whoever repeats a request has asked the code again, at another moment: it may have said something else.
    identity = request.tick.ref
    return await store.write(once("commit_tick", request, CommitTickResponse, act, locks, identity=identity))


def _check(request: CommitTickRequest) -> None:
    require_ref("tick.ref", request.tick.ref)
    if not request.tick.HasField("due_time"):
        raise wrong("tick.due_time", "must be set")
    if not request.tick.result:
        raise wrong("tick.result", "must say how the tick ended")
    if len(request.runs) > _MOST_RUNS:
        raise wrong("runs", f"has {len(request.runs)} runs, a tick may make {_MOST_RUNS}")
    for run in request.runs:
        require(run, "run_id", "location_name", "job_name")


def _commit(tx: Transaction, request: CommitTickRequest, known: InstigatorRecord | None) -> CommitTickResponse:
    ref, due_time = ref_of(request.tick.ref), request.tick.due_time.ToMicroseconds()
    instigator = instigators.store(tx, ref, known, _progress(request.tick, due_time, request.runs, known))
    tick = Tick()
    tick.CopyFrom(request.tick)
    tick.tick_id = tick_id_of(ref, due_time)
    set_time(tick.finish_time, tx.now)
    del tick.run_ids[:], tick.repeated_run_keys[:]
    for run in request.runs:
        if _make(tx, instigator, tick.tick_id, run):
            tick.run_ids.append(run.run_id)
        else:
            tick.repeated_run_keys.append(run.origin.run_key)
    if not ticks.add(tx, instigator.number, due_time, tick.result, tick.SerializeToString()):
        raise stale(ref)
    return CommitTickResponse(tick=tick, committed=True, instigator=instigator_message(instigator))


def _progress(tick: Tick, due_time: int, made: Sequence[Run], known: InstigatorRecord | None) -> dict[str, Any]:
    """Returns what a tick changes of its instigator."""
    failed = tick.result == ticks.FAILED
    values: dict[str, Any] = {
        "last_tick_time": max(due_time, known.last_tick_time or due_time) if known else due_time,
        "failure_count": (known.failure_count if known else 0) + 1 if failed else 0,
    }
    if not failed:
        values["cursor"] = tick.cursor
    keys = [run.origin.run_key for run in made if run.origin.run_key]
    if keys:
        values["last_run_key"] = keys[-1]
    return values


def _make(tx: Transaction, instigator: InstigatorRecord, tick_id: str, run: Run) -> bool:
    """Queues a run unless its key was used before; tells whether it did."""
    wanted = Run()
    wanted.CopyFrom(run)
    wanted.origin.tick_id = tick_id
    new = new_run(wanted)
    key = wanted.origin.run_key
    if key and not ticks.use_key(tx, instigator.number, key, new.run_id):
        return False
    known = runs.find(tx.connection, new.run_id)
    if known is not None:
        raise RunIdTakenError(f"run id {new.run_id} is taken: make a new id", metadata={"run_id": new.run_id})
    queue_run(tx, new)
    return True
