"""EventLogService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio

from headrace.api.storage.v1.event_log_service_pb2 import (
    AppendEventsRequest,
    AppendEventsResponse,
    ListEventsRequest,
    ListEventsResponse,
    WatchEventsRequest,
    WatchEventsResponse,
)
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceServicer
from headrace_services.storage.operations.append_events import append_events
from headrace_services.storage.operations.list_events import list_events
from headrace_services.storage.operations.watch_events import watch_events
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class EventLog(EventLogServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def AppendEvents(self, request: AppendEventsRequest, context: Context) -> AppendEventsResponse:
        return await append_events(self._store, request)

    async def ListEvents(self, request: ListEventsRequest, context: Context) -> ListEventsResponse:
        return await list_events(self._store, request)

    async def WatchEvents(self, request: WatchEventsRequest, context: Context) -> AsyncIterator[WatchEventsResponse]:
        async for response in watch_events(self._store, request):
            yield response
