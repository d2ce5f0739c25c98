"""AssetIndexService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.asset_index_service_pb2 import (
    GetAssetRequest,
    GetAssetResponse,
    ListAssetsRequest,
    ListAssetsResponse,
    ListMaterializationsRequest,
    ListMaterializationsResponse,
)
from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceServicer
from headrace_services.storage.operations.get_asset import get_asset
from headrace_services.storage.operations.list_assets import list_assets
from headrace_services.storage.operations.list_materializations import list_materializations
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
