"""GetPartitionStates."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.asset_index_service_pb2 import (
    GetPartitionStatesRequest,
    GetPartitionStatesResponse,
    MadePartition,
)
from headrace_services.storage import cursors
from headrace_services.storage.messages.asset_messages import attempt_message, key_text
from headrace_services.storage.operations.checks import page_size, wrong
from headrace_services.storage.store import assets
from headrace_services.storage.store.assets import Attempt
from headrace_services.storage.store.store import Store

_MOST_KEYS = 1000


async def get_partition_states(store: Store, request: GetPartitionStatesRequest) -> GetPartitionStatesResponse:
    """Reads what is known of the partitions of an asset, by key."""
    key, among = key_text("asset_key", request.asset_key), tuple(sorted(request.partition_keys))
    if len(among) > _MOST_KEYS:
        raise wrong("partition_keys", f"has {len(among)} keys, at most {_MOST_KEYS} are looked for")
    since = request.after_number
    selected = cursors.filter_hash("partition_states", key, str(since), *among)
    after = cursors.decode(request.page_token, selected, str)[0] if request.page_token else ""
    size = page_size(request.page_size, 5000, 20_000)

    def read(connection: Connection) -> tuple[list[tuple[str, int]], list[Attempt], int]:
        made = assets.made_partitions(connection, key, among, since, after, size + 1)
        if after:
            return made, [], 0
        return made, assets.attempts(connection, key), assets.made_count(connection, key)

    made, attempts, count = await store.read(read)
    shown = made[:size]
    return GetPartitionStatesResponse(
        made=[MadePartition(partition_key=partition, number=number) for partition, number in shown],
        attempts=map(attempt_message, attempts),
        made_count=count,
        next_page_token=cursors.encode(selected, shown[-1][0]) if len(made) > size else "",
    )
