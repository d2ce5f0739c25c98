"""PoolService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.pool_service_pb2 import (
    ClaimPoolSlotsRequest,
    ClaimPoolSlotsResponse,
    ListPoolsRequest,
    ListPoolsResponse,
    ListPoolStepsRequest,
    ListPoolStepsResponse,
    SetPoolLimitRequest,
    SetPoolLimitResponse,
)
from headrace.api.storage.v1.pool_service_pb2_grpc import PoolServiceServicer
from headrace_services.storage.operations.claim_pool_slots import claim_pool_slots
from headrace_services.storage.operations.list_pool_steps import list_pool_steps
from headrace_services.storage.operations.list_pools import list_pools
from headrace_services.storage.operations.set_pool_limit import set_pool_limit
from headrace_services.storage.store.pools import PoolLimits
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class Pools(PoolServiceServicer):
    def __init__(self, store: Store, limits: PoolLimits) -> None:
        self._store = store
        self._limits = limits

    async def ClaimPoolSlots(self, request: ClaimPoolSlotsRequest, context: Context) -> ClaimPoolSlotsResponse:
        return await claim_pool_slots(self._store, self._limits, request)

    async def ListPools(self, request: ListPoolsRequest, context: Context) -> ListPoolsResponse:
        return await list_pools(self._store, self._limits, request)

    async def ListPoolSteps(self, request: ListPoolStepsRequest, context: Context) -> ListPoolStepsResponse:
        return await list_pool_steps(self._store, request)

    async def SetPoolLimit(self, request: SetPoolLimitRequest, context: Context) -> SetPoolLimitResponse:
        return await set_pool_limit(self._store, self._limits, request)
