"""ListPoolSteps."""

from __future__ import annotations

from headrace.api.storage.v1.pool_service_pb2 import ListPoolStepsRequest, ListPoolStepsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.pool_messages import step_message
from headrace_services.storage.operations.checks import page_size, wrong
from headrace_services.storage.store import pools
from headrace_services.storage.store.store import Store

_MOST_RUNS = 100


async def list_pool_steps(store: Store, request: ListPoolStepsRequest) -> ListPoolStepsResponse:
    """Reads who holds slots and who waits."""
    if len(request.run_ids) > _MOST_RUNS:
        raise wrong("run_ids", f"has {len(request.run_ids)} runs, at most {_MOST_RUNS} fit")
    selected = cursors.filter_hash("pool_steps", request.pool, *request.run_ids)
    after = cursors.decode(request.page_token, selected, int, int, int) if request.page_token else None
    size = page_size(request.page_size, 100, 1000)
    found = await store.read(
        lambda connection: pools.places(connection, request.pool, request.run_ids, after, size + 1)
    )
    more = len(found) > size
    return ListPoolStepsResponse(
        steps=map(step_message, found[:size]),
        next_page_token=cursors.encode(selected, *pools.place_of(found[size - 1])) if more else "",
    )
