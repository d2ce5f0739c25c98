"""ListDynamicPartitions."""

from __future__ import annotations

from headrace.api.storage.v1.partition_store_service_pb2 import (
    ListDynamicPartitionsRequest,
    ListDynamicPartitionsResponse,
)
from headrace_services.storage import cursors
from headrace_services.storage.operations.checks import page_size, require, wrong
from headrace_services.storage.store import dynamic_partitions
from headrace_services.storage.store.store import Store

_MOST_KEYS = 1000


async def list_dynamic_partitions(store: Store, request: ListDynamicPartitionsRequest) -> ListDynamicPartitionsResponse:
    """Reads keys of a dynamic set, in the order in which they were added."""
    require(request, "name")
    name, among = request.name, tuple(sorted(request.partition_keys))
    if len(among) > _MOST_KEYS:
        raise wrong("partition_keys", f"has {len(among)} keys, at most {_MOST_KEYS} are looked for")
    selected = cursors.filter_hash("dynamic_partitions", name, *among)
    after = cursors.decode(request.page_token, selected, int)[0] if request.page_token else 0
    size = page_size(request.page_size, 1000, 10_000)
    found = await store.read(lambda connection: dynamic_partitions.keys(connection, name, among, after, size + 1))
    shown = found[:size]
    return ListDynamicPartitionsResponse(
        partition_keys=[each.partition_key for each in shown],
        next_page_token=cursors.encode(selected, shown[-1].number) if len(found) > size else "",
    )
