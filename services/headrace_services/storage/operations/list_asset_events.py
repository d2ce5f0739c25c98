"""ListAssetEvents."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.asset_index_service_pb2 import ListAssetEventsRequest, ListAssetEventsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.asset_messages import asset_event_message, key_text
from headrace_services.storage.messages.event_messages import KINDS, OF_ASSETS
from headrace_services.storage.operations.checks import page_size, wrong
from headrace_services.storage.store import assets
from headrace_services.storage.store.assets import HistoryEntry, Looked
from headrace_services.storage.store.pages import page
from headrace_services.storage.store.store import Store

_MOST_KEYS = 1000


async def list_asset_events(store: Store, request: ListAssetEventsRequest) -> ListAssetEventsResponse:
    """Reads the history of an asset."""
    key, looked = key_text("asset_key", request.asset_key), _looked(request)
    selected = cursors.filter_hash("asset_events", key, *map(str, looked))
    place = cursors.decode(request.page_token, selected, int)[0] if request.page_token else None
    size = page_size(request.page_size, 50, 500)

    def read(connection: Connection) -> tuple[list[HistoryEntry], bool]:
        def fetch(last: HistoryEntry | None, count: int) -> list[HistoryEntry]:
            return assets.history(connection, key, _beyond(looked, last.number if last else place), count)

        return page(fetch, size, lambda entry: len(entry.payload))

    found, more = await store.read(read)
    return ListAssetEventsResponse(
        events=map(asset_event_message, found),
        next_page_token=cursors.encode(selected, found[-1].number) if more else "",
    )


def _looked(request: ListAssetEventsRequest) -> Looked:
    if len(request.partition_keys) > _MOST_KEYS:
        raise wrong("partition_keys", f"has {len(request.partition_keys)} keys, at most {_MOST_KEYS} are looked for")
    unknown = [kind for kind in request.kinds if kind not in OF_ASSETS]
    if unknown:
        raise wrong("kinds", f"has {unknown[0]!r}; there are {', '.join(sorted(OF_ASSETS))}")
    return Looked(
        kinds=tuple(sorted(KINDS[kind] for kind in request.kinds)),
        partition_keys=tuple(sorted(request.partition_keys)),
        after=request.after_number or None,
        before=request.before_number or None,
        ascending=request.ascending,
    )


def _beyond(looked: Looked, place: int | None) -> Looked:
    if place is None:
        return looked
    return looked._replace(after=place) if looked.ascending else looked._replace(before=place)
