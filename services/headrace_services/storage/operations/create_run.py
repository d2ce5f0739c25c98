"""CreateRun."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.api.storage.v1.run_store_service_pb2 import CreateRunRequest, CreateRunResponse
from headrace.api.types.v1.run_pb2 import RunState
from headrace.errors import QueueFullError, RunIdTakenError
from headrace_services.storage.messages.event_messages import state_event
from headrace_services.storage.messages.run_messages import new_run, run_message
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import events, queue, runs
from headrace_services.storage.store.events import FirstEvent
from headrace_services.storage.store.hints import QUEUE
from headrace_services.storage.store.locks import QUEUE_LOCK, run_lock
from headrace_services.storage.store.runs import NewRun, RunRecord
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def create_run(store: Store, request: CreateRunRequest) -> CreateRunResponse:
    """Stores a run as QUEUED with its first event."""
    require(request.run, "run_id", "location_name", "job_name")
    if request.max_queued_runs < 0:
        raise wrong("max_queued_runs", "must not be negative")
    new = new_run(request.run)
    most = request.max_queued_runs
    locks = {run_lock(new.run_id)} | ({QUEUE_LOCK} if most else set())

    def act(tx: Transaction) -> CreateRunResponse:
        known = runs.find(tx.connection, new.run_id)
        if known is not None:
            if known.spec != new.spec:
                raise RunIdTakenError(
                    f"run id {new.run_id} belongs to another run: make a new id", metadata={"run_id": new.run_id}
                )
            return CreateRunResponse(run=run_message(known), created=False)
        if most and (queued := queue.queued_up_to(tx.connection, most)) >= most:
            raise QueueFullError(f"{queued} runs are queued already, and no more than {most} may be")
        return CreateRunResponse(run=run_message(queue_runs(tx, [new])[0]), created=True)

    return await store.write(once("create_run", request, CreateRunResponse, act, frozenset(locks)))


def queue_runs(tx: Transaction, new: Sequence[NewRun]) -> list[RunRecord]:
    """Stores new runs with the events that say so."""
    records = runs.add(tx, new)
    firsts = [
        FirstEvent(record.run_id, record.number, state_event(record, RunState.RUN_STATE_UNSPECIFIED, "", None))
        for record in records
    ]
    events.begin(tx, firsts)
    tx.hints.kinds.add(QUEUE)
    return records
