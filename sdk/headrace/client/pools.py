"""Pools as the client gives them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headrace.api.types.v1 import pool_pb2
from headrace.client.plain import member_of, time_of


@dataclass(frozen=True, slots=True)
class PoolStep:
    """A step that holds a slot of a pool, or waits for one.

    Attributes:
        run_id: Its run.
        step_key: The step.
        held: Whether it holds a slot.
        priority: Higher goes first, then who came first.
        since: Since when it holds or waits.
    """

    run_id: str
    step_key: str
    held: bool
    priority: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Pool:
    """How many steps of all runs that name it are executed at once.

    Attributes:
        name: Its name.
        limit: Its slots; None for any number.
        limit_source: Where that comes from: `set` by command, the instance `file`, its `default`, or empty.
        held_count: How many slots are held.
        waiting_count: How many steps wait for one.
        steps: Who holds slots, then who waits, where it was asked for.
    """

    name: str
    limit: int | None
    limit_source: str
    held_count: int
    waiting_count: int
    steps: tuple[PoolStep, ...] = ()


def read_pool(message: pool_pb2.Pool, steps: tuple[PoolStep, ...] = ()) -> Pool:
    """Returns a pool of the contract as the client gives it out."""
    source = member_of(message, "limit_source")
    return Pool(
        name=message.name,
        limit=message.limit if message.HasField("limit") else None,
        limit_source="" if source == "unspecified" else source,
        held_count=message.held_count,
        waiting_count=message.waiting_count,
        steps=steps,
    )


def read_step(message: pool_pb2.PoolStep) -> PoolStep:
    """Returns a step's place in a pool as the client gives it out."""
    return PoolStep(message.run_id, message.step_key, message.held, message.priority, time_of(message, "since_time"))
