"""Pools between message and row."""

from __future__ import annotations

from headrace.api.types.v1.pool_pb2 import Pool, PoolLimitSource, PoolStep
from headrace_services.storage.messages.run_messages import set_time
from headrace_services.storage.store.pools import PoolPlace, PoolUse


def pool_message(use: PoolUse) -> Pool:
    """Returns a pool as callers see it."""
    return Pool(
        name=use.name,
        limit=use.limit,
        limit_source=PoolLimitSource.ValueType(use.source),
        held_count=use.held,
        waiting_count=use.waiting,
    )


def step_message(place: PoolPlace) -> PoolStep:
    """Returns a step's place in a pool as callers see it."""
    message = PoolStep(
        run_id=place.run_id,
        step_key=place.step_key,
        pool=place.pool,
        held=bool(place.held),
        priority=place.priority,
    )
    set_time(message.since_time, place.since)
    return message
