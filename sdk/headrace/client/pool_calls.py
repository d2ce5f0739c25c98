"""The calls about pools."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import pool_service_pb2 as pb
from headrace.client.call import Call, Listing
from headrace.client.pools import Pool, read_pool, read_step
from headrace.client.run_calls import new_request_id

_POOLS = "/headrace.api.gateway.v1.PoolService/"


def list_pools() -> Listing[Pool]:
    """Reads pools by name."""
    return Listing(
        f"{_POOLS}ListPools",
        pb.ListPoolsRequest(),
        pb.ListPoolsResponse,
        lambda page: [read_pool(pool) for pool in page.pools],
    )


def get_pool(name: str) -> Call[Pool]:
    """Reads a pool and its steps."""

    def read(answer: Any) -> Pool:
        return read_pool(answer.pool, tuple(map(read_step, answer.steps)))

    return Call(f"{_POOLS}GetPool", pb.GetPoolRequest(name=name, max_steps=1_000), pb.GetPoolResponse, read)


def set_pool_limit(name: str, limit: int | None) -> Call[Pool]:
    """Gives a pool another limit."""
    request = pb.SetPoolLimitRequest(request_id=new_request_id(), name=name, limit=limit)
    return Call(f"{_POOLS}SetPoolLimit", request, pb.SetPoolLimitResponse, lambda answer: read_pool(answer.pool))
