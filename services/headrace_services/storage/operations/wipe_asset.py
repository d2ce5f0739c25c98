"""WipeAsset."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import WipeAssetRequest, WipeAssetResponse
from headrace_services.storage.messages.asset_messages import key_text
from headrace_services.storage.messages.event_messages import wiped_event
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import events, history
from headrace_services.storage.store.locks import REPORTS_LOCK, asset_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def wipe_asset(store: Store, request: WipeAssetRequest) -> WipeAssetResponse:
    """Forgets what was recorded of an asset, or of some of its partitions."""
    key = key_text("asset_key", request.asset_key)

    def act(tx: Transaction) -> WipeAssetResponse:
        history.wipe(tx, key, request.partition_keys)
        # Whoever follows what happens to assets must hear that there is less now.
        events.report(tx, [wiped_event(key, request.partition_keys, tx.now)])
        return WipeAssetResponse()

    locks = frozenset({REPORTS_LOCK, asset_lock(key)})
    return await store.write(once("wipe_asset", request, WipeAssetResponse, act, locks))
