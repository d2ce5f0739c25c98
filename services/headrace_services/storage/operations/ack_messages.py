"""AckMessages."""

from __future__ import annotations

from headrace.api.storage.v1.outbox_service_pb2 import AckMessagesRequest, AckMessagesResponse
from headrace_services.kit import faults
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.store import outbox
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction

_MOST_MESSAGES = 1000


async def ack_messages(store: Store, request: AckMessagesRequest) -> AckMessagesResponse:
    """Removes messages that are done; doing it again finds nothing left to do."""
    require(request, "request_id")
    if len(request.message_ids) > _MOST_MESSAGES:
        raise wrong("message_ids", f"has {len(request.message_ids)} ids, at most {_MOST_MESSAGES} are taken at once")

    def act(tx: Transaction) -> AckMessagesResponse:
        faults.point("outbox.before_mark")
        outbox.acknowledge(tx, request.message_ids)
        return AckMessagesResponse()

    return await store.write(Intent("ack_messages", act))
