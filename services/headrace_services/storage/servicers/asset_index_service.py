"""AssetIndexService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.asset_index_service_pb2 import (
    GetAssetRequest,
    GetAssetResponse,
    GetPartitionStatesRequest,
    GetPartitionStatesResponse,
    ListAssetEventsRequest,
    ListAssetEventsResponse,
    ListAssetsRequest,
    ListAssetsResponse,
    ListAttemptsRequest,
    ListAttemptsResponse,
    ListMaterializationsRequest,
    ListMaterializationsResponse,
    ReportAssetEventsRequest,
    ReportAssetEventsResponse,
    WipeAssetRequest,
    WipeAssetResponse,
)
from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceServicer
from headrace_services.storage.operations.get_asset import get_asset
from headrace_services.storage.operations.get_partition_states import get_partition_states
from headrace_services.storage.operations.list_asset_events import list_asset_events
from headrace_services.storage.operations.list_assets import list_assets
from headrace_services.storage.operations.list_attempts import list_attempts
from headrace_services.storage.operations.list_materializations import list_materializations
from headrace_services.storage.operations.report_asset_events import report_asset_events
from headrace_services.storage.operations.wipe_asset import wipe_asset
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class AssetIndex(AssetIndexServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def GetAsset(self, request: GetAssetRequest, context: Context) -> GetAssetResponse:
        return await get_asset(self._store, request)

    async def ListAssets(self, request: ListAssetsRequest, context: Context) -> ListAssetsResponse:
        return await list_assets(self._store, request)

    async def ListMaterializations(
        self, request: ListMaterializationsRequest, context: Context
    ) -> ListMaterializationsResponse:
        return await list_materializations(self._store, request)

    async def ListAssetEvents(self, request: ListAssetEventsRequest, context: Context) -> ListAssetEventsResponse:
        return await list_asset_events(self._store, request)

    async def GetPartitionStates(
        self, request: GetPartitionStatesRequest, context: Context
    ) -> GetPartitionStatesResponse:
        return await get_partition_states(self._store, request)

    async def ListAttempts(self, request: ListAttemptsRequest, context: Context) -> ListAttemptsResponse:
        return await list_attempts(self._store, request)

    async def ReportAssetEvents(self, request: ReportAssetEventsRequest, context: Context) -> ReportAssetEventsResponse:
        return await report_asset_events(self._store, request)

    async def WipeAsset(self, request: WipeAssetRequest, context: Context) -> WipeAssetResponse:
        return await wipe_asset(self._store, request)
