"""The queue: who is next, admissions under a version, orders to launch."""

from __future__ import annotations

import asyncio

import pytest

from headrace.api.storage.v1.outbox_service_pb2 import AckMessagesRequest, ClaimMessagesRequest, LaunchOrder
from headrace.api.storage.v1.run_queue_service_pb2 import (
    Admission,
    AdmitRunsRequest,
    AdmitRunsResponse,
    GetQueueRequest,
)
from headrace.errors import InvalidArgumentError, StaleEtagError
from rig.storage import CANCELED, QUEUED, STARTING, StorageClient, new_id, refused, seconds
from rig.waiting import wait_until_async


def admit_request(version: int, *run_ids: str) -> AdmitRunsRequest:
    order = LaunchOrder(launcher_name="local", definitions_digest="d1")
    admissions = [Admission(run_id=run_id, launch_order=order) for run_id in run_ids]
    return AdmitRunsRequest(request_id=new_id(), version=version, admissions=admissions)


async def test_higher_priority_goes_first_and_then_age(storage: StorageClient) -> None:
    low, first, second = [await storage.create_run(priority=priority) for priority in (-1, 5, 5)]
    view = await storage.queue.GetQueue(GetQueueRequest(max_queued_runs=2))
    assert [run.run_id for run in view.queued_runs] == [first.run_id, second.run_id]
    assert view.queued_count == 3
    await storage.admit(first.run_id)
    view = await storage.queue.GetQueue(GetQueueRequest())
    assert [run.run_id for run in view.queued_runs] == [second.run_id, low.run_id]
    assert [run.run_id for run in view.active_runs] == [first.run_id]


@pytest.mark.proves("P10", fault="F7", of="coordinator")
async def test_of_admissions_that_read_the_same_queue_one_happens(storage: StorageClient) -> None:
    runs = [await storage.create_run() for _ in range(6)]
    version = (await storage.queue.GetQueue(GetQueueRequest())).version
    answers = await asyncio.gather(
        *(storage.queue.AdmitRuns(admit_request(version, run.run_id)) for run in runs), return_exceptions=True
    )
    assert sum(isinstance(answer, AdmitRunsResponse) for answer in answers) == 1
    assert len(await storage.messages()) == 1


@pytest.mark.proves("P10 P11", fault="F6", of="coordinator")
async def test_an_admission_that_is_repeated_answers_as_before(storage: StorageClient) -> None:
    run = await storage.create_run()
    version = (await storage.queue.GetQueue(GetQueueRequest())).version
    request = admit_request(version, run.run_id)
    first = await storage.queue.AdmitRuns(request)
    assert await storage.queue.AdmitRuns(request) == first
    assert (first.runs[0].definitions_digest, first.runs[0].state) == ("d1", STARTING)
    request.request_id = new_id()
    with refused(StaleEtagError):
        await storage.queue.AdmitRuns(request)


async def test_runs_that_are_not_queued_any_more_are_left_out(storage: StorageClient) -> None:
    gone, there = await storage.create_run(), await storage.create_run()
    await storage.move(gone.run_id, QUEUED, CANCELED)
    admitted = await storage.admit(gone.run_id, there.run_id, new_id())
    assert [run.run_id for run in admitted] == [there.run_id]


async def test_a_launch_order_must_name_its_launcher(storage: StorageClient) -> None:
    request = AdmitRunsRequest(request_id=new_id(), admissions=[Admission(run_id="x")])
    with refused(InvalidArgumentError, r"admissions\[0\].launch_order.launcher_name"):
        await storage.queue.AdmitRuns(request)


@pytest.mark.proves("P2", fault="F7", of="launcher")
async def test_each_message_is_claimed_by_one_of_many(storage: StorageClient) -> None:
    runs = [await storage.create_run() for _ in range(30)]
    await storage.admit(*(run.run_id for run in runs))
    claims = await asyncio.gather(*(storage.messages(most=4) for _ in range(10)))
    ordered = [message.launch_order.run_id for claim in claims for message in claim]
    assert sorted(ordered) == sorted(run.run_id for run in runs)


@pytest.mark.proves("P11", fault="F6", of="launcher")
async def test_a_claim_that_is_repeated_brings_the_same_messages(storage: StorageClient) -> None:
    await storage.admit((await storage.create_run()).run_id)
    request = ClaimMessagesRequest(request_id=new_id(), launcher_name="local", holder="a", ttl=seconds(30))
    first = await storage.outbox.ClaimMessages(request)
    assert await storage.outbox.ClaimMessages(request) == first
    assert len(first.messages) == 1
    assert not await storage.messages()


async def test_a_message_nobody_acknowledged_is_claimed_again(storage: StorageClient) -> None:
    await storage.admit((await storage.create_run()).run_id)
    (first,) = await storage.messages(ttl=1)
    assert not await storage.messages()

    async def again() -> list[object]:
        return list(await storage.messages())

    (second,) = await wait_until_async(again)
    assert (second.message_id, second.delivery_count, first.delivery_count) == (first.message_id, 1, 0)


async def test_a_message_is_gone_once_it_is_acknowledged(storage: StorageClient) -> None:
    await storage.admit((await storage.create_run()).run_id)
    (message,) = await storage.messages(ttl=1)
    for _ in range(2):
        await storage.outbox.AckMessages(
            AckMessagesRequest(request_id=new_id(), message_ids=[message.message_id, "unknown"])
        )
    await asyncio.sleep(1.1)
    assert not await storage.messages()


async def test_a_launch_order_dies_with_its_token(storage: StorageClient) -> None:
    put_back, claimed, alive = [await storage.create_run() for _ in range(3)]
    await storage.admit(put_back.run_id, claimed.run_id, alive.run_id)
    orders = {message.launch_order.run_id: message.launch_order for message in await storage.messages(ttl=1)}
    await storage.move(put_back.run_id, STARTING, QUEUED)
    await storage.claim(claimed.run_id, orders[claimed.run_id].launch_token)
    await asyncio.sleep(1.1)
    assert [message.launch_order.run_id for message in await storage.messages()] == [alive.run_id]


async def test_messages_go_to_the_launcher_they_are_for(storage: StorageClient) -> None:
    await storage.admit((await storage.create_run()).run_id, launcher="k8s")
    assert not await storage.messages("local")
    assert len(await storage.messages("k8s")) == 1
