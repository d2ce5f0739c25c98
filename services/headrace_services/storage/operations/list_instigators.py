"""ListInstigators."""

from __future__ import annotations

from headrace.api.storage.v1.tick_store_service_pb2 import ListInstigatorsRequest, ListInstigatorsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.tick_messages import instigator_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import instigators
from headrace_services.storage.store.instigators import Ref
from headrace_services.storage.store.store import Store


async def list_instigators(store: Store, request: ListInstigatorsRequest) -> ListInstigatorsResponse:
    """Reads what is kept of schedules and sensors, by location, kind and name."""
    location, kind = request.location_name, request.kind
    selected = cursors.filter_hash("instigators", location, kind)
    after = Ref(*cursors.decode(request.page_token, selected, str, int, str)) if request.page_token else None
    size = page_size(request.page_size, 500, 1000)
    found = await store.read(lambda connection: instigators.page(connection, location, kind, after, size + 1))
    page = found[:size]
    return ListInstigatorsResponse(
        instigators=map(instigator_message, page),
        next_page_token=cursors.encode(selected, *page[-1].ref) if len(found) > size else "",
    )
