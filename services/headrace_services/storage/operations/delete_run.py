"""DeleteRun."""

from __future__ import annotations

from headrace.api.storage.v1.run_store_service_pb2 import DeleteRunRequest, DeleteRunResponse
from headrace.errors import RunNotFinishedError
from headrace_services.storage.operations.checks import require, run_not_found
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import runs
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def delete_run(store: Store, request: DeleteRunRequest) -> DeleteRunResponse:
    """Removes a finished run and its events."""
    require(request, "run_id")

    def act(tx: Transaction) -> DeleteRunResponse:
        run = runs.find(tx.connection, request.run_id)
        if run is None:
            raise run_not_found(request.run_id)
        if run.finish_time is None:
            raise RunNotFinishedError(f"run {run.run_id} is not over: cancel it first")
        runs.remove(tx, run.number)
        tx.hints.run_ids.add(run.run_id)
        return DeleteRunResponse()

    return await store.write(once("delete_run", request, DeleteRunResponse, act, frozenset({run_lock(request.run_id)})))
