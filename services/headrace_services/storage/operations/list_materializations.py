"""ListMaterializations."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.asset_index_service_pb2 import ListMaterializationsRequest, ListMaterializationsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.asset_messages import key_text
from headrace_services.storage.messages.event_messages import event_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import assets
from headrace_services.storage.store.assets import HistoryEntry
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.store import Store


async def list_materializations(store: Store, request: ListMaterializationsRequest) -> ListMaterializationsResponse:
    """Reads an asset's materializations, newest first."""
    key, partition = key_text("asset_key", request.asset_key), request.partition_key
    selected = cursors.filter_hash("materializations", key, partition)
    before = cursors.decode(request.page_token, selected, int)[0] if request.page_token else None
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> tuple[list[HistoryEntry], bool]:
        def fetch(last: HistoryEntry | None, count: int) -> list[HistoryEntry]:
            return assets.materializations_before(connection, key, partition, last.number if last else before, count)

        return page(fetch, size, lambda materialization: len(materialization.payload))

    found, more = await store.read(read)
    return ListMaterializationsResponse(
        events=[event_message(each.payload, each.sequence) for each in found],
        next_page_token=cursors.encode(selected, found[-1].number) if more else "",
    )
