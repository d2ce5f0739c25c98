"""ListAttempts."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import AssetAttempt, ListAttemptsRequest, ListAttemptsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.asset_messages import attempt_message
from headrace_services.storage.messages.event_messages import asset_key_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import assets
from headrace_services.storage.store.store import Store

_FILTER = cursors.filter_hash("attempts")


async def list_attempts(store: Store, request: ListAttemptsRequest) -> ListAttemptsResponse:
    """Reads what runs were to make of all assets and have not made, oldest first."""
    after = cursors.decode(request.page_token, _FILTER, int)[0] if request.page_token else 0
    size = page_size(request.page_size, 1000, 5000)
    found = await store.read(lambda connection: assets.attempts_after(connection, after, size + 1))
    shown = found[:size]
    return ListAttemptsResponse(
        attempts=[
            AssetAttempt(asset_key=asset_key_message(key), attempt=attempt_message(attempt))
            for _, key, attempt in shown
        ],
        next_page_token=cursors.encode(_FILTER, shown[-1][0]) if len(found) > size else "",
    )
