"""Leases of replicas on shared work."""

from __future__ import annotations

import asyncio
from typing import Any

from headrace.api.storage.v1.lease_service_pb2 import (
    AcquireLeaseRequest,
    AcquireLeaseResponse,
    ReleaseLeaseRequest,
    RenewLeaseRequest,
)
from headrace.errors import InvalidArgumentError, LeaseLostError
from rig.storage import StorageClient, new_id, refused, seconds
from rig.waiting import wait_until_async

RESOURCE = "scheduler/shard/0"


async def acquire(storage: StorageClient, holder: str, ttl: float = 15, request_id: str = "") -> AcquireLeaseResponse:
    request = AcquireLeaseRequest(request_id=request_id or new_id(), resource=RESOURCE, holder=holder, ttl=seconds(ttl))
    return await storage.leases.AcquireLease(request)


async def renew(storage: StorageClient, holder: str, epoch: int) -> Any:
    request = RenewLeaseRequest(resource=RESOURCE, holder=holder, epoch=epoch, ttl=seconds(15))
    return (await storage.leases.RenewLease(request)).lease


async def test_of_many_who_ask_one_holds_and_the_others_learn_who(storage: StorageClient) -> None:
    answers = await asyncio.gather(*(acquire(storage, f"replica {number}") for number in range(8)))
    (holder,) = [answer.lease.holder for answer in answers if answer.acquired]
    assert {answer.lease.holder for answer in answers} == {holder}


async def test_a_lease_that_ran_out_is_taken_with_a_new_epoch_and_fences_the_old_holder(storage: StorageClient) -> None:
    first = await acquire(storage, "a", ttl=1)

    async def taken() -> AcquireLeaseResponse | None:
        answer = await acquire(storage, "b")
        return answer if answer.acquired else None

    second = await wait_until_async(taken)
    assert second is not None
    assert second.lease.epoch == first.lease.epoch + 1
    with refused(LeaseLostError):
        await renew(storage, "a", first.lease.epoch)
    assert (await renew(storage, "b", second.lease.epoch)).epoch == second.lease.epoch


async def test_a_lease_cannot_be_renewed_once_it_ran_out(storage: StorageClient) -> None:
    lease = (await acquire(storage, "a", ttl=1)).lease
    await asyncio.sleep(1.1)
    with refused(LeaseLostError):
        await renew(storage, "a", lease.epoch)


async def test_asking_again_with_the_same_request_answers_the_same(storage: StorageClient) -> None:
    request_id = new_id()
    first = await acquire(storage, "a", request_id=request_id)
    assert await acquire(storage, "a", request_id=request_id) == first


async def test_a_holder_that_was_restarted_takes_its_lease_again(storage: StorageClient) -> None:
    first = await acquire(storage, "a")
    second = await acquire(storage, "a")
    assert (second.acquired, second.lease.epoch) == (True, first.lease.epoch + 1)


async def test_a_lease_that_is_given_back_is_free_at_once(storage: StorageClient) -> None:
    lease = (await acquire(storage, "a")).lease
    for epoch in (lease.epoch + 1, lease.epoch, lease.epoch):
        await storage.leases.ReleaseLease(ReleaseLeaseRequest(resource=RESOURCE, holder="a", epoch=epoch))
    assert (await acquire(storage, "b")).acquired


async def test_a_lease_must_be_of_a_sensible_length(storage: StorageClient) -> None:
    for ttl in (0.5, 601):
        with refused(InvalidArgumentError, "between 1 s and 600 s"):
            await acquire(storage, "a", ttl=ttl)
