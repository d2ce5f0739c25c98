"""ListPoolSteps."""

from __future__ import annotations

from headrace.api.storage.v1.pool_service_pb2 import ListPoolStepsRequest, ListPoolStepsResponse
from headrace_services.storage.messages.pool_messages import step_message
from headrace_services.storage.operations.checks import page_size, wrong
from headrace_services.storage.store import pools
from headrace_services.storage.store.store import Store

_MOST_RUNS = 100


async def list_pool_steps(store: Store, request: ListPoolStepsRequest) -> ListPoolStepsResponse:
    """Reads who holds slots and who waits."""
    if len(request.run_ids) > _MOST_RUNS:
        raise wrong("run_ids", f"has {len(request.run_ids)} runs, at most {_MOST_RUNS} fit")
    most = page_size(request.max_steps, 100, 1000)
    found = await store.read(lambda connection: pools.places(connection, request.pool, request.run_ids, most))
    return ListPoolStepsResponse(steps=map(step_message, found))
