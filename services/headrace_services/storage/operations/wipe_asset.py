"""WipeAsset."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import WipeAssetRequest, WipeAssetResponse
from headrace_services.storage.messages.asset_messages import key_text
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import history
from headrace_services.storage.store.locks import asset_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def wipe_asset(store: Store, request: WipeAssetRequest) -> WipeAssetResponse:
    """Forgets what was recorded of an asset, or of some of its partitions."""
    key = key_text("asset_key", request.asset_key)

    def act(tx: Transaction) -> WipeAssetResponse:
        history.wipe(tx, key, request.partition_keys)
        return WipeAssetResponse()

    return await store.write(once("wipe_asset", request, WipeAssetResponse, act, frozenset({asset_lock(key)})))
