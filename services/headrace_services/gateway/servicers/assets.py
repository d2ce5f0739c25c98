"""AssetService: tells what assets exist and what is known of them."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import asset_service_pb2 as pb
from headrace.api.gateway.v1.asset_service_pb2_grpc import AssetServiceServicer
from headrace.api.storage.v1 import asset_index_service_pb2 as asset_index_pb2
from headrace.ids import Ids
from headrace_services.gateway.catalog import Catalog
from headrace_services.gateway.operations.get_asset_partitions import get_asset_partitions
from headrace_services.gateway.operations.list_asset_attempts import list_asset_attempts
from headrace_services.gateway.operations.list_assets import get_asset, list_assets
from headrace_services.gateway.operations.list_partition_states import list_partition_states
from headrace_services.gateway.partition_states import PartitionStates
from headrace_services.gateway.stubs import Backends


class AssetServicer(AssetServiceServicer):
    """Joins definitions, from the coordinator, with what storage recorded."""

    def __init__(self, backends: Backends, catalog: Catalog, ids: Ids) -> None:
        self._backends = backends
        self._catalog = catalog
        self._ids = ids
        self._partitions = PartitionStates(backends)

    async def GetAsset(self, request: pb.GetAssetRequest, context: Any) -> pb.GetAssetResponse:
        return await get_asset(request, self._catalog, self._backends)

    async def ListAssets(self, request: pb.ListAssetsRequest, context: Any) -> pb.ListAssetsResponse:
        return await list_assets(request, self._catalog, self._backends)

    async def ListMaterializations(
        self, request: pb.ListMaterializationsRequest, context: Any
    ) -> pb.ListMaterializationsResponse:
        answer = await self._backends.assets.ListMaterializations(
            asset_index_pb2.ListMaterializationsRequest(
                asset_key=request.asset_key,
                partition_key=request.partition_key,
                page_size=request.page_size,
                page_token=request.page_token,
            )
        )
        return pb.ListMaterializationsResponse(events=answer.events, next_page_token=answer.next_page_token)

    async def ListAssetEvents(self, request: pb.ListAssetEventsRequest, context: Any) -> pb.ListAssetEventsResponse:
        answer = await self._backends.assets.ListAssetEvents(
            asset_index_pb2.ListAssetEventsRequest(
                asset_key=request.asset_key,
                kinds=request.kinds,
                partition_keys=request.partition_keys,
                after_number=request.after_number,
                before_number=request.before_number,
                ascending=request.ascending,
                page_size=request.page_size,
                page_token=request.page_token,
            )
        )
        return pb.ListAssetEventsResponse(events=answer.events, next_page_token=answer.next_page_token)

    async def GetAssetPartitions(
        self, request: pb.GetAssetPartitionsRequest, context: Any
    ) -> pb.GetAssetPartitionsResponse:
        return await get_asset_partitions(request, self._catalog, self._backends, self._partitions)

    async def ListPartitionStates(
        self, request: pb.ListPartitionStatesRequest, context: Any
    ) -> pb.ListPartitionStatesResponse:
        return await list_partition_states(request, self._catalog, self._backends, self._partitions)

    async def ListAssetAttempts(
        self, request: pb.ListAssetAttemptsRequest, context: Any
    ) -> pb.ListAssetAttemptsResponse:
        return await list_asset_attempts(request, self._catalog, self._backends, self._partitions)

    async def ReportAssetEvents(
        self, request: pb.ReportAssetEventsRequest, context: Any
    ) -> pb.ReportAssetEventsResponse:
        await self._backends.assets.ReportAssetEvents(
            asset_index_pb2.ReportAssetEventsRequest(
                request_id=request.request_id or self._ids.uuid7(), events=request.events
            )
        )
        return pb.ReportAssetEventsResponse()

    async def WipeAsset(self, request: pb.WipeAssetRequest, context: Any) -> pb.WipeAssetResponse:
        await self._backends.assets.WipeAsset(
            asset_index_pb2.WipeAssetRequest(
                request_id=request.request_id or self._ids.uuid7(),
                asset_key=request.asset_key,
                partition_keys=request.partition_keys,
            )
        )
        return pb.WipeAssetResponse()
