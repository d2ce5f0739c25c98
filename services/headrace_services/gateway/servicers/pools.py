"""PoolService: shows and limits pools."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import pool_service_pb2 as pb
from headrace.api.gateway.v1.pool_service_pb2_grpc import PoolServiceServicer
from headrace.api.storage.v1 import pool_service_pb2 as storage_pb2
from headrace.errors import InvalidArgumentError
from headrace.ids import Ids
from headrace_services.gateway.stubs import Backends


class PoolServicer(PoolServiceServicer):
    """Reads pools from storage, and sets their limits there."""

    def __init__(self, backends: Backends, ids: Ids) -> None:
        self._pools = backends.pools
        self._ids = ids

    async def ListPools(self, request: pb.ListPoolsRequest, context: Any) -> pb.ListPoolsResponse:
        answer = await self._pools.ListPools(
            storage_pb2.ListPoolsRequest(page_size=request.page_size, page_token=request.page_token)
        )
        return pb.ListPoolsResponse(pools=answer.pools, next_page_token=answer.next_page_token)

    async def GetPool(self, request: pb.GetPoolRequest, context: Any) -> pb.GetPoolResponse:
        if not request.name:
            raise InvalidArgumentError(violations={"name": "must not be empty"})
        found = await self._pools.ListPools(storage_pb2.ListPoolsRequest(name=request.name))
        steps = await self._pools.ListPoolSteps(
            storage_pb2.ListPoolStepsRequest(pool=request.name, page_size=request.max_steps)
        )
        return pb.GetPoolResponse(pool=found.pools[0], steps=steps.steps)

    async def SetPoolLimit(self, request: pb.SetPoolLimitRequest, context: Any) -> pb.SetPoolLimitResponse:
        answer = await self._pools.SetPoolLimit(
            storage_pb2.SetPoolLimitRequest(
                request_id=request.request_id or self._ids.uuid7(),
                name=request.name,
                limit=request.limit if request.HasField("limit") else None,
            )
        )
        return pb.SetPoolLimitResponse(pool=answer.pool)
