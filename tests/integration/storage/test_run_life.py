"""One run from the queue to its end."""

from __future__ import annotations

import grpc.aio
import pytest

from headrace.api.storage.v1.outbox_service_pb2 import AckMessagesRequest
from rig.storage import QUEUED, RUNNING, STARTING, SUCCEEDED, StorageClient, log_event, new_id


async def test_a_run_is_queued_admitted_claimed_reported_and_finished(storage: StorageClient) -> None:
    run = await storage.create_run()
    assert (run.state, run.attempt, run.epoch, run.last_sequence) == (QUEUED, 0, 0, 1)
    (admitted,) = await storage.admit(run.run_id)
    assert (admitted.state, admitted.attempt, admitted.epoch) == (STARTING, 1, 1)
    (message,) = await storage.messages()
    order = message.launch_order
    assert (order.run_id, order.attempt, order.location_name) == (run.run_id, 1, "etl")
    claim = await storage.claim(run.run_id, order.launch_token)
    await storage.outbox.AckMessages(AckMessagesRequest(request_id=new_id(), message_ids=[message.message_id]))
    answer = await storage.events.AppendEvents(claim.report("one", "two"))
    assert (answer.last_sequence, answer.cancel_requested) == (5, False)
    finished = await storage.finish(claim, batch=2, events=[log_event("three")])
    assert (finished.state, finished.last_sequence) == (SUCCEEDED, 7)
    assert finished.HasField("finish_time")
    events = await storage.events_of(run.run_id)
    assert [event.sequence for event in events] == list(range(1, 8))
    assert [event.run_state_changed.state for event in events if event.HasField("run_state_changed")] == [
        QUEUED,
        STARTING,
        RUNNING,
        SUCCEEDED,
    ]
    assert not await storage.messages()


@pytest.mark.parametrize("scope", ["run", "feed"])
async def test_a_watch_brings_what_is_committed_and_a_run_s_watch_ends_with_it(
    storage: StorageClient, scope: str
) -> None:
    claim = await storage.start_run()
    watch = storage.watch(claim.run_id if scope == "run" else "")
    seen: list[int] = []

    async def see(last: int) -> None:
        while not seen or seen[-1] < last:
            response = await watch.read()
            seen.extend(event.sequence for event in response.events)

    await see(3)
    await storage.events.AppendEvents(claim.report("one"))
    await see(4)
    await storage.finish(claim)
    await see(5)
    assert seen == [1, 2, 3, 4, 5]
    if scope == "run":
        assert await watch.read() is grpc.aio.EOF
    watch.cancel()
