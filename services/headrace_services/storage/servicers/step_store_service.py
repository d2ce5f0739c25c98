"""StepStoreService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio

from headrace.api.storage.v1.step_store_service_pb2 import (
    ClaimStepRequest,
    ClaimStepResponse,
    OrderStepRequest,
    OrderStepResponse,
    ReportStepRequest,
    ReportStepResponse,
    WatchStepsRequest,
    WatchStepsResponse,
)
from headrace.api.storage.v1.step_store_service_pb2_grpc import StepStoreServiceServicer
from headrace_services.storage.operations.claim_step import claim_step
from headrace_services.storage.operations.order_step import order_step
from headrace_services.storage.operations.report_step import report_step
from headrace_services.storage.operations.watch_steps import watch_steps
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class StepStore(StepStoreServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def OrderStep(self, request: OrderStepRequest, context: Context) -> OrderStepResponse:
        return await order_step(self._store, request)

    async def ClaimStep(self, request: ClaimStepRequest, context: Context) -> ClaimStepResponse:
        return await claim_step(self._store, request)

    async def ReportStep(self, request: ReportStepRequest, context: Context) -> ReportStepResponse:
        return await report_step(self._store, request)

    async def WatchSteps(self, request: WatchStepsRequest, context: Context) -> AsyncIterator[WatchStepsResponse]:
        async for response in watch_steps(self._store, request):
            yield response
