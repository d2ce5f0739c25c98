"""ListTicks."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.tick_store_service_pb2 import ListTicksRequest, ListTicksResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.tick_messages import ref_of, tick_message
from headrace_services.storage.operations.checks import page_size, require_ref
from headrace_services.storage.store import ticks
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.ticks import StoredTick


async def list_ticks(store: Store, request: ListTicksRequest) -> ListTicksResponse:
    """Reads ticks, newest first."""
    ref = None
    if request.HasField("ref"):
        require_ref("ref", request.ref)
        ref = ref_of(request.ref)
    results = sorted(set(request.results))
    selected = cursors.filter_hash("ticks", request.ref, *results)
    before = cursors.decode(request.page_token, selected, int, int) if request.page_token else None
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> tuple[list[StoredTick], bool]:
        def fetch(last: StoredTick | None, count: int) -> list[StoredTick]:
            place = (last.due_time, last.number) if last else before
            return ticks.newest(connection, ref, results, place, count)

        return page(fetch, size, lambda tick: len(tick.payload))

    found, more = await store.read(read)
    return ListTicksResponse(
        ticks=[tick_message(tick.payload) for tick in found],
        next_page_token=cursors.encode(selected, found[-1].due_time, found[-1].number) if more else "",
    )
