"""ListPools."""

from __future__ import annotations

from sqlalchemy import Connection

from headrace.api.storage.v1.pool_service_pb2 import ListPoolsRequest, ListPoolsResponse
from headrace_services.storage import cursors
from headrace_services.storage.messages.pool_messages import pool_message
from headrace_services.storage.operations.checks import page_size
from headrace_services.storage.store import pools
from headrace_services.storage.store.pools import PoolLimits, PoolUse
from headrace_services.storage.store.store import Store

_SELECTED = cursors.filter_hash("pools")


async def list_pools(store: Store, limits: PoolLimits, request: ListPoolsRequest) -> ListPoolsResponse:
    """Reads the pools that have steps or a limit of their own, or the one that is named."""
    after = cursors.decode(request.page_token, _SELECTED, str)[0] if request.page_token else ""
    size = page_size(request.page_size, 100, 1000)

    def read(connection: Connection) -> list[PoolUse]:
        if request.name:
            return [pools.find(connection, request.name, limits)]
        return [use for use in pools.in_use(connection, limits) if use.name > after]

    found = await store.read(read)
    return ListPoolsResponse(
        pools=map(pool_message, found[:size]),
        next_page_token=cursors.encode(_SELECTED, found[size - 1].name) if len(found) > size else "",
    )
