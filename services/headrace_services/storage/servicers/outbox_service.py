"""OutboxService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.outbox_service_pb2 import (
    AckMessagesRequest,
    AckMessagesResponse,
    ClaimMessagesRequest,
    ClaimMessagesResponse,
)
from headrace.api.storage.v1.outbox_service_pb2_grpc import OutboxServiceServicer
from headrace_services.storage.operations.ack_messages import ack_messages
from headrace_services.storage.operations.claim_messages import claim_messages
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class Outbox(OutboxServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def ClaimMessages(self, request: ClaimMessagesRequest, context: Context) -> ClaimMessagesResponse:
        return await claim_messages(self._store, request)

    async def AckMessages(self, request: AckMessagesRequest, context: Context) -> AckMessagesResponse:
        return await ack_messages(self._store, request)
