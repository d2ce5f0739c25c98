"""SetPoolLimit."""

from __future__ import annotations

from headrace.api.storage.v1.pool_service_pb2 import SetPoolLimitRequest, SetPoolLimitResponse
from headrace_services.storage.messages.pool_messages import pool_message
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import pool_slots, pools
from headrace_services.storage.store.hints import POOL, QUEUE
from headrace_services.storage.store.locks import POOLS_LOCK
from headrace_services.storage.store.pools import PoolLimits
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction

_MOST_SLOTS = 2**31


async def set_pool_limit(store: Store, limits: PoolLimits, request: SetPoolLimitRequest) -> SetPoolLimitResponse:
    """Gives a pool another limit; who waits for a slot that this makes gets it at once."""
    require(request, "name")
    slots = request.limit if request.HasField("limit") else None
    if slots is not None and not 0 <= slots < _MOST_SLOTS:
        raise wrong("limit", "must be 0 or more, or left out for what the instance file says")

    def act(tx: Transaction) -> SetPoolLimitResponse:
        pools.set_limit(tx, request.name, slots)
        pool_slots.settle(tx, limits)
        tx.hints.kinds |= {POOL, QUEUE}
        return SetPoolLimitResponse(pool=pool_message(pools.find(tx.connection, request.name, limits)))

    return await store.write(once("set_pool_limit", request, SetPoolLimitResponse, act, frozenset({POOLS_LOCK})))
