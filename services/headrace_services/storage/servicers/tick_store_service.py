"""TickStoreService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.tick_store_service_pb2 import (
    CommitTickRequest,
    CommitTickResponse,
    CommitTicksRequest,
    CommitTicksResponse,
    ListInstigatorsRequest,
    ListInstigatorsResponse,
    ListTicksRequest,
    ListTicksResponse,
    SetInstigatorStateRequest,
    SetInstigatorStateResponse,
)
from headrace.api.storage.v1.tick_store_service_pb2_grpc import TickStoreServiceServicer
from headrace_services.storage.operations.commit_tick import commit_tick
from headrace_services.storage.operations.commit_ticks import commit_ticks
from headrace_services.storage.operations.list_instigators import list_instigators
from headrace_services.storage.operations.list_ticks import list_ticks
from headrace_services.storage.operations.set_instigator_state import set_instigator_state
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class TickStore(TickStoreServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def CommitTick(self, request: CommitTickRequest, context: Context) -> CommitTickResponse:
        return await commit_tick(self._store, request)

    async def CommitTicks(self, request: CommitTicksRequest, context: Context) -> CommitTicksResponse:
        return await commit_ticks(self._store, request)

    async def ListTicks(self, request: ListTicksRequest, context: Context) -> ListTicksResponse:
        return await list_ticks(self._store, request)

    async def ListInstigators(self, request: ListInstigatorsRequest, context: Context) -> ListInstigatorsResponse:
        return await list_instigators(self._store, request)

    async def SetInstigatorState(
        self, request: SetInstigatorStateRequest, context: Context
    ) -> SetInstigatorStateResponse:
        return await set_instigator_state(self._store, request)
