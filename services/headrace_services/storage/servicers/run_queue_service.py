"""RunQueueService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio

from headrace.api.storage.v1.run_queue_service_pb2 import (
    AdmitRunsRequest,
    AdmitRunsResponse,
    GetQueueRequest,
    GetQueueResponse,
    WatchWorkRequest,
    WatchWorkResponse,
)
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceServicer
from headrace_services.storage.operations.admit_runs import admit_runs
from headrace_services.storage.operations.get_queue import get_queue
from headrace_services.storage.operations.watch_work import watch_work
from headrace_services.storage.store.pools import PoolLimits
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class RunQueue(RunQueueServiceServicer):
    def __init__(self, store: Store, limits: PoolLimits) -> None:
        self._store = store
        self._limits = limits

    async def GetQueue(self, request: GetQueueRequest, context: Context) -> GetQueueResponse:
        return await get_queue(self._store, self._limits, request)

    async def AdmitRuns(self, request: AdmitRunsRequest, context: Context) -> AdmitRunsResponse:
        return await admit_runs(self._store, request)

    async def WatchWork(self, request: WatchWorkRequest, context: Context) -> AsyncIterator[WatchWorkResponse]:
        async for response in watch_work(self._store, request):
            yield response
