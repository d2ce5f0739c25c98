"""ListInstigators."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.tick_store_service_pb2 import ListInstigatorsRequest, ListInstigatorsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.tick_messages import instigator_message
from headrace_services.storage.operations.checks import page_size, wrong
from headrace_services.storage.store import instigators
from headrace_services.storage.store.instigators import InstigatorRecord, Ref
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.store import Store

_MOST_NAMES = 1000


async def list_instigators(store: Store, request: ListInstigatorsRequest) -> ListInstigatorsResponse:
    """Reads what is kept of schedules and sensors, by location, kind and name."""
    location, kind, names = request.location_name, request.kind, tuple(sorted(request.names))
    if len(names) > _MOST_NAMES:
        raise wrong("names", f"are {len(names)}, at most {_MOST_NAMES} can be asked for")
    selected = cursors.filter_hash("instigators", location, kind, *names)
    after = Ref(*cursors.decode(request.page_token, selected, str, int, str)) if request.page_token else None
    size = page_size(request.page_size, 500, 1000)

    def read(connection: Connection) -> tuple[list[InstigatorRecord], bool]:
        def fetch(last: InstigatorRecord | None, count: int) -> list[InstigatorRecord]:
            return instigators.by_name(connection, location, kind, names, last.ref if last else after, count)

        return page(fetch, size, lambda instigator: len(instigator.cursor))

    found, more = await store.read(read)
    return ListInstigatorsResponse(
        instigators=map(instigator_message, found),
        next_page_token=cursors.encode(selected, *found[-1].ref) if more else "",
    )
