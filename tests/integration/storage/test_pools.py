"""Pools: slots are shared out in turn, never more than there are, and come back with the lease of who held them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from headrace.api.storage.v1.pool_service_pb2 import (
    ClaimPoolSlotsRequest,
    ListPoolsRequest,
    ListPoolStepsRequest,
    PoolClaim,
    PoolGrant,
    PoolWant,
    SetPoolLimitRequest,
)
from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest
from headrace.api.types.v1.pool_pb2 import POOL_LIMIT_SOURCE_SET, POOL_LIMIT_SOURCE_UNSPECIFIED, Pool
from headrace.errors import InvalidArgumentError
from rig.storage import FAILED, QUEUED, RUNNING, SUCCEEDED, Claim, StorageClient, new_id, refused
from rig.waiting import wait_until_async


async def set_limit(storage: StorageClient, limit: int | None, pool: str = "db") -> Pool:
    request = SetPoolLimitRequest(request_id=new_id(), name=pool, limit=limit)
    return cast(Pool, (await storage.pools.SetPoolLimit(request)).pool)


class Worker:
    """A run's worker, as far as its slots go."""

    def __init__(self, storage: StorageClient, claim: Claim) -> None:
        self.storage = storage
        self.claim = claim
        self.round = 0

    @classmethod
    async def start(cls, storage: StorageClient, ttl: float = 15) -> Worker:
        return cls(storage, await storage.start_run(ttl=ttl))

    def wants(self, *steps: str, pool: str = "db", priority: int = 0, round_: int | None = None) -> PoolClaim:
        self.round += round_ is None
        return PoolClaim(
            run_id=self.claim.run_id,
            epoch=self.claim.epoch,
            run_token=self.claim.run_token,
            round=self.round if round_ is None else round_,
            wants=[PoolWant(step_key=step, pool=pool, priority=priority) for step in steps],
        )

    async def declare(self, *steps: str, pool: str = "db", priority: int = 0, round_: int | None = None) -> PoolGrant:
        claim = self.wants(*steps, pool=pool, priority=priority, round_=round_)
        answer = await self.storage.pools.ClaimPoolSlots(ClaimPoolSlotsRequest(claims=[claim]))
        return cast(PoolGrant, answer.grants[0])

    async def held(self, *steps: str) -> Sequence[str]:
        return (await self.declare(*steps)).step_keys


async def test_steps_of_all_runs_share_the_slots_and_a_slot_given_back_goes_to_who_waits(
    storage: StorageClient,
) -> None:
    await set_limit(storage, 2)
    one, other = [await Worker.start(storage) for _ in range(2)]
    assert await one.held("a", "b", "c") == ["a", "b"]
    assert await other.held("d") == []
    assert await one.held("b", "c") == ["b", "c"]
    assert await one.held("c") == ["c"]
    assert await other.held("d") == ["d"]
    pool = (await storage.pools.ListPools(ListPoolsRequest())).pools[0]
    assert (pool.name, pool.limit, pool.held_count, pool.waiting_count) == ("db", 2, 2, 0)


async def test_who_has_waited_longest_goes_first_among_equals_in_priority(storage: StorageClient) -> None:
    await set_limit(storage, 1)
    holder, early, late, urgent = [await Worker.start(storage) for _ in range(4)]
    await holder.declare("x")
    await early.declare("e")
    await late.declare("l")
    await urgent.declare("u", priority=5)
    steps = (await storage.pools.ListPoolSteps(ListPoolStepsRequest(pool="db"))).steps
    assert [(step.step_key, step.held) for step in steps] == [("x", True), ("u", False), ("e", False), ("l", False)]
    first = await storage.pools.ListPoolSteps(ListPoolStepsRequest(pool="db", page_size=3))
    rest = await storage.pools.ListPoolSteps(ListPoolStepsRequest(pool="db", page_token=first.next_page_token))
    assert [step.step_key for step in [*first.steps, *rest.steps]] == ["x", "u", "e", "l"]
    assert rest.next_page_token == ""
    # Asking again, or in between, moves nobody forward.
    assert await late.held("l") == []
    order = []
    for worker, step in ((holder, "x"), (urgent, "u"), (early, "e")):
        await worker.declare()
        holders = (await storage.pools.ListPoolSteps(ListPoolStepsRequest(pool="db", page_size=1))).steps
        order.append(holders[0].step_key)
        assert step not in order[-1:]
    assert order == ["u", "e", "l"]


async def test_a_pool_without_a_limit_holds_nobody_up(storage: StorageClient) -> None:
    worker = await Worker.start(storage)
    assert len(await worker.held(*map(str, range(50)))) == 50


@pytest.mark.proves("P10", fault="F4", of="worker")
async def test_slots_come_back_when_the_lease_of_their_worker_runs_out_and_it_cannot_renew_then(
    storage: StorageClient,
) -> None:
    await set_limit(storage, 1)
    heir, dead = await Worker.start(storage), await Worker.start(storage, ttl=1)
    assert await dead.held("x") == ["x"]

    async def inherited() -> bool:
        return await heir.held("y") == ["y"]

    await wait_until_async(inherited)
    grant = await dead.declare("x")
    assert grant.lease_lost
    assert not grant.step_keys


async def test_slots_come_back_with_the_end_of_the_run_or_of_its_attempt(storage: StorageClient) -> None:
    await set_limit(storage, 1)
    for state in (SUCCEEDED, FAILED, QUEUED):
        holder, waiter = await Worker.start(storage), await Worker.start(storage)
        assert await holder.held("x") == ["x"]
        assert await waiter.held("y") == []
        await storage.move(holder.claim.run_id, RUNNING, state)
        assert await waiter.held("y") == ["y"]
        await waiter.declare()


async def test_what_was_said_before_changes_nothing_when_it_arrives_late(storage: StorageClient) -> None:
    await set_limit(storage, 1)
    worker, other = await Worker.start(storage), await Worker.start(storage)
    assert await worker.held("x") == ["x"]
    assert await worker.held() == []
    assert (await worker.declare("x", round_=1)).step_keys == []
    assert await other.held("y") == ["y"]


async def test_a_limit_that_grows_lets_in_who_waits_and_one_that_shrinks_takes_nothing_away(
    storage: StorageClient,
) -> None:
    assert (await set_limit(storage, 0)).limit_source == POOL_LIMIT_SOURCE_SET
    worker = await Worker.start(storage)
    assert await worker.held("a", "b") == []
    assert (await set_limit(storage, 2)).held_count == 2
    assert (await set_limit(storage, 1)).held_count == 2
    assert await worker.held("b", "c") == ["b"]
    assert (await set_limit(storage, None)).limit_source == POOL_LIMIT_SOURCE_UNSPECIFIED
    assert await worker.held("b", "c") == ["b", "c"]
    with refused(InvalidArgumentError, "limit"):
        await set_limit(storage, -1)


@pytest.mark.proves("P10", fault="F7", of="coordinator")
async def test_no_claims_at_once_make_holders_more_than_there_are_slots(storage: StorageClient) -> None:
    await set_limit(storage, 3)
    workers = [await Worker.start(storage) for _ in range(12)]

    async def live(worker: Worker) -> None:
        for _ in range(6):
            await wait_until_async(lambda: worker.held("s"), 20)
            steps = (await storage.pools.ListPoolSteps(ListPoolStepsRequest(pool="db"))).steps
            assert sum(step.held for step in steps) <= 3
            await worker.declare()

    await asyncio.gather(*map(live, workers))


async def test_the_queue_is_read_on_without_groups_that_wait_and_says_how_many_are_ahead(
    storage: StorageClient,
) -> None:
    blocked = [await storage.create_run(queue_group="full") for _ in range(5)]
    free = await storage.create_run(queue_group="free")
    head = await storage.queue.GetQueue(GetQueueRequest(max_queued_runs=2, without_count=True))
    assert [run.run_id for run in head.queued_runs] == [run.run_id for run in blocked[:2]]
    assert head.queued_count == 0
    rest = await storage.queue.GetQueue(GetQueueRequest(max_queued_runs=4, page_token=head.next_page_token))
    assert [run.run_id for run in rest.queued_runs] == [*(run.run_id for run in blocked[2:]), free.run_id]
    request = GetQueueRequest(excluded_groups=["full"], position_of_run_id=free.run_id)
    answer = await storage.queue.GetQueue(request)
    assert [run.run_id for run in answer.queued_runs] == [free.run_id]
    assert (answer.runs_ahead, answer.next_page_token) == (5, "")
