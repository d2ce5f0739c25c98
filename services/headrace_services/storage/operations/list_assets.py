"""ListAssets."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import Connection

from headrace.api.storage.v1.asset_index_service_pb2 import ListAssetsRequest, ListAssetsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.asset_messages import asset_message
from headrace_services.storage.messages.event_messages import asset_key_text
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import assets
from headrace_services.storage.store.assets import AssetRecord, Verdict
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.store import Store


async def list_assets(store: Store, request: ListAssetsRequest) -> ListAssetsResponse:
    """Reads assets of which something was recorded, by key."""
    prefix = asset_key_text(request.prefix)
    selected = cursors.filter_hash("assets", prefix)
    after = cursors.decode(request.page_token, selected, str)[0] if request.page_token else ""
    size = page_size(request.page_size, 100, 1000)

    def read(connection: Connection) -> tuple[list[AssetRecord], bool, list[Verdict]]:
        def fetch(last: AssetRecord | None, count: int) -> list[AssetRecord]:
            return assets.by_key(connection, prefix, last.asset_key if last else after, count)

        found, more = page(fetch, size, _size)
        return found, more, assets.verdicts(connection, [record.asset_key for record in found])

    found, more, verdicts = await store.read(read)
    of_asset = {key: list(each) for key, each in groupby(verdicts, key=lambda verdict: verdict.asset_key)}
    return ListAssetsResponse(
        assets=[asset_message(record, of_asset.get(record.asset_key, ())) for record in found],
        next_page_token=cursors.encode(selected, found[-1].asset_key) if more else "",
    )


def _size(record: AssetRecord) -> int:
    return len(record.payload or b"") + len(record.seen_payload or b"")
