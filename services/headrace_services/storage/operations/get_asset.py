"""GetAsset."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import GetAssetRequest, GetAssetResponse
from headrace.errors import AssetNotFoundError
from headrace_services.storage.messages.asset_messages import asset_message, key_text
from headrace_services.storage.store import assets
from headrace_services.storage.store.assets import AssetRecord
from headrace_services.storage.store.store import Store


async def get_asset(store: Store, request: GetAssetRequest) -> GetAssetResponse:
    """Reads one asset."""
    key = key_text("asset_key", request.asset_key)
    record, verdicts = await store.read(
        lambda connection: (assets.find(connection, key), assets.verdicts(connection, [key]))
    )
    if record is None and verdicts:
        record = AssetRecord(key, 0, 0, *[None] * 6)
    if record is None:
        raise AssetNotFoundError(f"nothing was ever recorded of asset {key}", metadata={"asset_key": key})
    return GetAssetResponse(asset=asset_message(record, verdicts))
