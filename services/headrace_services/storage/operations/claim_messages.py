"""ClaimMessages."""

from __future__ import annotations

from headrace.api.storage.v1.outbox_service_pb2 import ClaimMessagesRequest, ClaimMessagesResponse
from headrace_services.storage.messages.outbox_messages import outbox_message
from headrace_services.storage.operations.checks import (
    LONGEST_LEASE,
    SHORTEST_LEASE,
    page_size,
    require,
    ttl_micros,
)
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import outbox
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def claim_messages(store: Store, request: ClaimMessagesRequest) -> ClaimMessagesResponse:
    """Claims messages for a while."""
    require(request, "launcher_name", "holder")
    ttl = ttl_micros("ttl", request.ttl, SHORTEST_LEASE, LONGEST_LEASE)
    most = page_size(request.max_messages, 50, 100)

    def act(tx: Transaction) -> ClaimMessagesResponse:
        claimed = outbox.claim(tx, request.launcher_name, request.holder, most, ttl)
        return ClaimMessagesResponse(messages=map(outbox_message, claimed))

    # An answer without messages is not worth keeping: a repeat may as well find some.
    intent = once("claim_messages", request, ClaimMessagesResponse, act, keep=lambda response: bool(response.messages))
    return await store.write(intent)
