"""GetRun."""

from __future__ import annotations

from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest, GetRunResponse
from headrace_services.storage.messages.run_messages import run_message
from headrace_services.storage.operations.checks import require, run_not_found
from headrace_services.storage.store import runs
from headrace_services.storage.store.store import Store


async def get_run(store: Store, request: GetRunRequest) -> GetRunResponse:
    """Reads a run."""
    require(request, "run_id")
    record = await store.read(lambda connection: runs.find(connection, request.run_id))
    if record is None:
        raise run_not_found(request.run_id)
    return GetRunResponse(run=run_message(record))
