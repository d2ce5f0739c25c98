"""CommitBackfillStep."""

from __future__ import annotations

from typing import Any

from headrace.api.storage.v1.backfill_store_service_pb2 import CommitBackfillStepRequest, CommitBackfillStepResponse
from headrace.api.types.v1.backfill_pb2 import Backfill
from headrace.errors import RunIdTakenError
from headrace_services.storage.messages.backfill_messages import backfill_message
from headrace_services.storage.messages.run_messages import new_run
from headrace_services.storage.operations.checks import backfill_not_found, micros, require, wrong
from headrace_services.storage.operations.create_run import queue_runs
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import backfills, runs
from headrace_services.storage.store.backfills import BackfillRecord
from headrace_services.storage.store.hints import BACKFILL, BACKFILL_PROGRESS, BACKFILL_STATE
from headrace_services.storage.store.locks import backfill_lock, run_lock
from headrace_services.storage.store.schema import BACKFILL_ACTIVE
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_MOST_RUNS = 1000


async def commit_backfill_step(store: Store, request: CommitBackfillStepRequest) -> CommitBackfillStepResponse:
    """Stores a step of a backfill with the runs that it asks for."""
    require(request, "backfill_id", "etag")
    if len(request.runs) > _MOST_RUNS:
        raise wrong("runs", f"has {len(request.runs)} runs, a step may ask for {_MOST_RUNS}")
    for run in request.runs:
        require(run, "run_id", "location_name", "job_name")

    def act(tx: Transaction) -> CommitBackfillStepResponse:
        before = backfills.find(tx.connection, request.backfill_id)
        if before is None:
            raise backfill_not_found(request.backfill_id)
        if str(before.version) != request.etag:
            raise backfills.stale(request.backfill_id)
        _queue(tx, request)
        backfills.take(tx, before.number, request.ended_marks)
        after = backfills.change(tx, before, _values(tx, request, before))
        tx.hints.kinds |= {BACKFILL_PROGRESS, BACKFILL if after.finish_time is None else BACKFILL_STATE}
        return CommitBackfillStepResponse(backfill=backfill_message(after))

    locks = frozenset({backfill_lock(request.backfill_id), *(run_lock(run.run_id) for run in request.runs)})
    return await store.write(once("commit_backfill_step", request, CommitBackfillStepResponse, act, locks))


def _queue(tx: Transaction, request: CommitBackfillStepRequest) -> None:
    if not request.runs:
        return
    taken = runs.taken(tx.connection, [run.run_id for run in request.runs])
    if taken:
        raise RunIdTakenError(f"run id {taken[0]} is taken: make a new id", metadata={"run_id": taken[0]})
    queue_runs(tx, [new_run(run) for run in request.runs])


def _values(tx: Transaction, request: CommitBackfillStepRequest, before: BackfillRecord) -> dict[str, Any]:
    failed, due = request.HasField("failure"), tx.now + micros(request.hold)
    values: dict[str, Any] = {
        "run_count": before.run_count + len(request.runs),
        "progress": request.progress,
        "due_time": due,
        "not_before": due if failed else 0,
        "failure": request.failure.SerializeToString() if failed else None,
    }
    if request.counts:
        values["counts"] = Backfill(counts=request.counts).SerializeToString()
    if request.state:
        ends = request.state not in BACKFILL_ACTIVE
        # A run that failed may be repeated by itself just now, and make what it did not make.
        if not (ends and backfills.unfinished(tx.connection, request.backfill_id, 1)):
            values["state"] = request.state
            values["finish_time"] = tx.now if ends else None
    return values
