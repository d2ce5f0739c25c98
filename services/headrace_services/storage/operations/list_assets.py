"""ListAssets."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import ListAssetsRequest, ListAssetsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.asset_messages import asset_message
from headrace_services.storage.messages.event_messages import asset_key_text
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import assets
from headrace_services.storage.store.store import Store


async def list_assets(store: Store, request: ListAssetsRequest) -> ListAssetsResponse:
    """Reads assets that were ever materialized, by key."""
    prefix = asset_key_text(request.prefix)
    selected = cursors.filter_hash("assets", prefix)
    after = cursors.decode(request.page_token, selected, str)[0] if request.page_token else ""
    size = page_size(request.page_size, 100, 1000)
    found = await store.read(lambda connection: assets.page(connection, prefix, after, size + 1))
    page = found[:size]
    return ListAssetsResponse(
        assets=map(asset_message, page),
        next_page_token=cursors.encode(selected, page[-1].asset_key) if len(found) > size else "",
    )
