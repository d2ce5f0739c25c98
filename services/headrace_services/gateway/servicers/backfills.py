"""BackfillService: has the coordinator begin backfills, and reads and cancels them in storage."""

from __future__ import annotations

from typing import Any

from headrace.api.coordinator.v1 import coordinator_service_pb2 as coordinator_pb2
from headrace.api.gateway.v1 import backfill_service_pb2 as pb
from headrace.api.gateway.v1.backfill_service_pb2_grpc import BackfillServiceServicer
from headrace.api.storage.v1 import backfill_store_service_pb2 as store_pb2
from headrace.api.types.v1.backfill_pb2 import Backfill
from headrace.ids import Ids
from headrace.rpc.scope import current_caller
from headrace_services.gateway.stubs import Backends


class BackfillServicer(BackfillServiceServicer):
    """Hands on to the coordinator and to storage."""

    def __init__(self, backends: Backends, ids: Ids) -> None:
        self._backends = backends
        self._ids = ids

    async def CreateBackfill(self, request: pb.CreateBackfillRequest, context: Any) -> pb.CreateBackfillResponse:
        backfill = Backfill(
            location_name=request.location_name,
            job_name=request.job_name,
            tags=sorted(request.tags, key=lambda tag: tag.key),
            title=request.title,
        )
        return pb.CreateBackfillResponse(
            backfill=await self._begin(
                coordinator_pb2.CreateBackfillRequest(
                    request_id=request.request_id,
                    backfill=backfill,
                    asset_selection=request.asset_selection,
                    partitions=request.partitions,
                )
            )
        )

    async def GetBackfill(self, request: pb.GetBackfillRequest, context: Any) -> pb.GetBackfillResponse:
        wanted = store_pb2.GetBackfillRequest(backfill_id=request.backfill_id)
        return pb.GetBackfillResponse(backfill=(await self._backends.backfills.GetBackfill(wanted)).backfill)

    async def ListBackfills(self, request: pb.ListBackfillsRequest, context: Any) -> pb.ListBackfillsResponse:
        wanted = store_pb2.ListBackfillsRequest(
            states=request.states, page_size=request.page_size, page_token=request.page_token
        )
        page = await self._backends.backfills.ListBackfills(wanted)
        return pb.ListBackfillsResponse(backfills=page.backfills, next_page_token=page.next_page_token)

    async def CancelBackfill(self, request: pb.CancelBackfillRequest, context: Any) -> pb.CancelBackfillResponse:
        wanted = store_pb2.CancelBackfillRequest(
            request_id=request.request_id or self._ids.uuid7(), backfill_id=request.backfill_id
        )
        return pb.CancelBackfillResponse(backfill=(await self._backends.backfills.CancelBackfill(wanted)).backfill)

    async def RetryBackfill(self, request: pb.RetryBackfillRequest, context: Any) -> pb.RetryBackfillResponse:
        again = coordinator_pb2.CreateBackfillRequest(
            request_id=request.request_id, backfill=Backfill(retry_of_id=request.backfill_id)
        )
        return pb.RetryBackfillResponse(backfill=await self._begin(again))

    async def _begin(self, request: coordinator_pb2.CreateBackfillRequest) -> Backfill:
        request.request_id = request.request_id or self._ids.uuid7()
        request.backfill.actor = current_caller().name
        return (await self._backends.coordinator.CreateBackfill(request)).backfill
