"""Runs: made once, changed once from where their caller believes them to be, listed newest first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder, OutboxMessage, StopOrder
from headrace.api.storage.v1.run_queue_service_pb2 import GetQueueRequest
from headrace.api.storage.v1.run_store_service_pb2 import (
    CommitTransitionRequest,
    CreateRunRequest,
    CreateRunResponse,
    DeleteRunRequest,
    ListRunsRequest,
    RunFilter,
)
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import (
    CursorMismatchError,
    InvalidArgumentError,
    LeaseLostError,
    QueueFullError,
    RequestIdReusedError,
    RunIdTakenError,
    RunNotFinishedError,
    RunNotFoundError,
    StaleEtagError,
)
from rig.storage import (
    CANCELED,
    CANCELING,
    FAILED,
    QUEUED,
    RUNNING,
    STARTING,
    SUCCEEDED,
    StorageClient,
    log_event,
    new_id,
    refused,
)


def create_request(run_id: str = "", most: int = 0, **fields: Any) -> CreateRunRequest:
    run = Run(**{"run_id": run_id or new_id(), "location_name": "etl", "job_name": "numbers", **fields})
    return CreateRunRequest(request_id=new_id(), run=run, max_queued_runs=most)


async def create(storage: StorageClient, request: CreateRunRequest) -> CreateRunResponse:
    return await storage.runs.CreateRun(request)


async def test_a_run_that_is_made_twice_is_made_once(storage: StorageClient) -> None:
    request = create_request(tags=[Tag(key="team", value="a")])
    first = await create(storage, request)
    repeated = await create(storage, request)
    request.request_id = new_id()
    asked_again = await create(storage, request)
    assert (first.created, repeated, asked_again.created) == (True, first, False)
    assert asked_again.run == first.run
    assert len(await storage.events_of(first.run.run_id)) == 1


@pytest.mark.proves("P11", fault="F7", of="storage")
async def test_repeats_that_race_have_one_effect(storage: StorageClient) -> None:
    request = create_request()
    answers = await asyncio.gather(*(create(storage, request) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)


async def test_a_run_id_is_good_for_one_run(storage: StorageClient) -> None:
    run = await storage.create_run()
    with refused(RunIdTakenError):
        await create(storage, create_request(run.run_id, job_name="other"))


async def test_a_request_id_is_good_for_one_request(storage: StorageClient) -> None:
    request = create_request()
    await create(storage, request)
    request.run.run_id = new_id()
    with refused(RequestIdReusedError):
        await create(storage, request)


async def test_a_full_queue_takes_no_more(storage: StorageClient) -> None:
    answers = await asyncio.gather(*(create(storage, create_request(most=3)) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, CreateRunResponse) for answer in answers) == 3
    with refused(QueueFullError, "3 runs are queued already"):
        await create(storage, create_request(most=3))
    assert (await create(storage, create_request())).created


@pytest.mark.parametrize("field", ["run_id", "location_name", "job_name"])
async def test_a_run_must_say_what_it_is(storage: StorageClient, field: str) -> None:
    request = create_request()
    setattr(request.run, field, "")
    with refused(InvalidArgumentError, field):
        await create(storage, request)


async def test_a_mutation_needs_a_request_id(storage: StorageClient) -> None:
    request = create_request()
    request.request_id = ""
    with refused(InvalidArgumentError, "request_id"):
        await create(storage, request)


async def test_a_run_that_is_not_there_is_not_found(storage: StorageClient) -> None:
    with refused(RunNotFoundError):
        await storage.get_run(new_id())


async def test_a_transition_happens_once_from_where_its_caller_believes_the_run_to_be(storage: StorageClient) -> None:
    run = await storage.create_run()
    moved = await storage.move(run.run_id, QUEUED, CANCELED, reason="by hand")
    assert moved.HasField("finish_time")
    with refused(StaleEtagError, "CANCELED"):
        await storage.move(run.run_id, QUEUED, CANCELED)
    events = await storage.events_of(run.run_id)
    assert [event.run_state_changed.reason for event in events] == ["", "by hand"]


async def test_a_transition_in_another_epoch_is_refused(storage: StorageClient) -> None:
    run = await storage.create_run()
    with refused(StaleEtagError, "epoch 0"):
        await storage.move(run.run_id, QUEUED, CANCELED, epoch=7)


async def test_a_transition_may_come_from_either_of_two_states(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.move(claim.run_id, RUNNING, CANCELING)
    finished = await storage.finish(claim, or_from_state=CANCELING)
    assert finished.state == SUCCEEDED


@pytest.mark.proves("P11", fault="F6", of="coordinator")
async def test_a_transition_that_is_repeated_answers_as_before(storage: StorageClient) -> None:
    claim = await storage.start_run()
    request = CommitTransitionRequest(
        request_id=new_id(),
        run_id=claim.run_id,
        epoch=claim.epoch,
        run_token=claim.run_token,
        batch=1,
        events=[log_event("last words")],
    )
    request.from_state, request.to_state = RUNNING, SUCCEEDED
    first = await storage.runs.CommitTransition(request)
    again = await storage.runs.CommitTransition(request)
    assert (again.run, first.repeated, again.repeated) == (first.run, False, True)
    assert len(await storage.events_of(claim.run_id)) == first.run.last_sequence


@pytest.mark.proves("P3", fault="F7", of="storage")
async def test_of_many_transitions_that_race_one_happens(storage: StorageClient) -> None:
    claim = await storage.start_run()
    outcomes = await asyncio.gather(
        storage.finish(claim, SUCCEEDED),
        storage.finish(claim, FAILED),
        storage.move(claim.run_id, RUNNING, CANCELING, epoch=claim.epoch),
        return_exceptions=True,
    )
    events = await storage.events_of(claim.run_id)
    changes = [event.run_state_changed for event in events]
    assert 1 <= sum(isinstance(outcome, Run) for outcome in outcomes) <= 2
    assert [change.previous_state for change in changes[1:]] == [change.state for change in changes[:-1]]


async def test_the_end_of_a_run_says_why_and_when(storage: StorageClient) -> None:
    claim = await storage.start_run()
    run = await storage.finish(claim, FAILED, failure=Failure(type="ValueError", message="no"), reason="a step failed")
    assert (run.failure.type, run.state) == ("ValueError", FAILED)
    assert run.finish_time.ToMicroseconds() >= run.start_time.ToMicroseconds() >= run.admit_time.ToMicroseconds()
    (last,) = (await storage.events_of(claim.run_id))[-1:]
    assert (last.run_state_changed.failure.message, last.run_state_changed.run_attempt) == ("no", 1)
    assert (last.run_state_changed.job_name, last.run_state_changed.location_name) == ("numbers", "etl")


async def test_a_run_that_is_put_back_has_no_worker_and_gets_a_new_epoch(storage: StorageClient) -> None:
    claim = await storage.start_run()
    back = await storage.move(claim.run_id, RUNNING, QUEUED, failure=Failure(type="WORKER_LOST"))
    assert (back.state, back.worker, back.failure.type) == (QUEUED, "", "WORKER_LOST")
    with refused(LeaseLostError):
        await storage.events.AppendEvents(claim.report("late"))
    with refused(LeaseLostError):
        await storage.finish(claim)
    (again,) = await storage.admit(claim.run_id)
    assert (again.attempt, again.epoch) == (2, 2)


async def test_messages_leave_with_the_transition_or_not_at_all(storage: StorageClient) -> None:
    claim = await storage.start_run()
    stop = OutboxMessage(launcher_name="local", stop_order=StopOrder(run_id=claim.run_id, kill=True))
    with refused(StaleEtagError):
        await storage.move(claim.run_id, QUEUED, CANCELED, messages=[stop])
    assert not await storage.messages()
    await storage.move(claim.run_id, RUNNING, CANCELING, messages=[stop])
    (message,) = await storage.messages()
    assert (message.stop_order.run_id, message.stop_order.kill) == (claim.run_id, True)


async def test_a_launch_order_comes_with_starting_and_gets_its_token(storage: StorageClient) -> None:
    run = await storage.create_run()
    order = OutboxMessage(launcher_name="local", launch_order=LaunchOrder(location_name="etl"))
    with refused(InvalidArgumentError, "STARTING only"):
        await storage.move(run.run_id, QUEUED, CANCELED, messages=[order])
    await storage.move(run.run_id, QUEUED, STARTING, messages=[order])
    (message,) = await storage.messages()
    claim = await storage.claim(run.run_id, message.launch_order.launch_token)
    assert claim.epoch == 1


async def test_a_worker_that_lives_is_not_declared_dead(storage: StorageClient) -> None:
    claim = await storage.start_run()
    with refused(LeaseLostError, "its worker lives"):
        await storage.move(claim.run_id, RUNNING, QUEUED, require_lease_expired=True)


async def test_a_finished_run_can_be_deleted_and_an_unfinished_one_not(storage: StorageClient) -> None:
    claim = await storage.start_run(tags=[Tag(key="a", value="b")])
    request = DeleteRunRequest(request_id=new_id(), run_id=claim.run_id)
    with refused(RunNotFinishedError):
        await storage.runs.DeleteRun(request)
    await storage.finish(claim)
    await storage.runs.DeleteRun(request)
    await storage.runs.DeleteRun(request)
    with refused(RunNotFoundError):
        await storage.get_run(claim.run_id)
    with refused(RunNotFoundError):
        await storage.runs.DeleteRun(DeleteRunRequest(request_id=new_id(), run_id=claim.run_id))
    with refused(RunNotFoundError):
        await storage.events_of(claim.run_id)


async def listed(storage: StorageClient, size: int = 2, **fields: Any) -> list[str]:
    found: list[str] = []
    request = ListRunsRequest(filter=RunFilter(**fields), page_size=size)
    while True:
        page = await storage.runs.ListRuns(request)
        found += [run.run_id for run in page.runs]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_runs_are_listed_newest_first_in_pages_by_what_is_asked_for(storage: StorageClient) -> None:
    a = await storage.create_run(job_name="a", tags=[Tag(key="team", value="x"), Tag(key="tier", value="1")])
    b = await storage.create_run(job_name="b", tags=[Tag(key="team", value="y")], root_run_id=a.run_id)
    c = await storage.create_run(job_name="a", location_name="other")
    d = await storage.create_run(job_name="d")
    await storage.move(d.run_id, QUEUED, CANCELED)
    in_order = [run.run_id for run in (d, c, b, a)]
    assert await listed(storage) == in_order
    assert await listed(storage, states=[QUEUED]) == in_order[1:]
    assert await listed(storage, states=[CANCELED, FAILED]) == [d.run_id]
    assert await listed(storage, job_name="a") == [c.run_id, a.run_id]
    assert await listed(storage, location_name="other") == [c.run_id]
    assert await listed(storage, tags=["team"]) == [b.run_id, a.run_id]
    assert await listed(storage, tags=["team=x", "tier=1"]) == [a.run_id]
    assert await listed(storage, tags=["team=x", "tier=2"]) == []
    assert await listed(storage, root_run_id=a.run_id) == [b.run_id, a.run_id]
    assert await listed(storage, create_time_from=c.create_time) == [d.run_id, c.run_id]
    assert await listed(storage, create_time_before=b.create_time) == [a.run_id]


async def test_a_page_token_is_good_for_its_own_filter(storage: StorageClient) -> None:
    for _ in range(2):
        await storage.create_run()
    page = await storage.runs.ListRuns(ListRunsRequest(page_size=1))
    for token in (page.next_page_token, "nonsense", page.next_page_token[:-4]):
        with refused(CursorMismatchError):
            await storage.runs.ListRuns(ListRunsRequest(filter=RunFilter(job_name="x"), page_token=token))


async def test_text_that_a_database_cannot_hold_is_the_callers_mistake(
    storage: StorageClient, request: pytest.FixtureRequest
) -> None:
    if "sqlite" in request.node.name:
        pytest.skip("SQLite holds any text")
    with refused(InvalidArgumentError):
        await storage.create_run(job_name="a\0b")


async def test_large_runs_make_small_pages_and_no_answer_is_too_large(storage: StorageClient) -> None:
    config = Payload(media_type="application/json", text="x" * 250_000)
    runs = [await storage.create_run(run_config=config) for _ in range(10)]
    page = await storage.runs.ListRuns(ListRunsRequest(page_size=500))
    assert 1 < len(page.runs) < 10
    assert page.ByteSize() < 1_300_000
    assert await listed(storage, size=500) == [run.run_id for run in reversed(runs)]
    view = await storage.queue.GetQueue(GetQueueRequest())
    assert len(view.queued_runs) == 10
    assert not any(run.HasField("run_config") for run in view.queued_runs)
    admitted = await storage.admit(*(run.run_id for run in runs))
    assert len(admitted) == 10
    assert (await storage.get_run(runs[0].run_id)).run_config == config


async def test_a_run_that_fails_may_queue_the_next_one_in_the_same_transaction(storage: StorageClient) -> None:
    claim = await storage.start_run()
    following = Run(run_id=new_id(), location_name="etl", job_name="numbers", parent_run_id=claim.run_id)
    request = {"epoch": claim.epoch, "next_run": following, "request_id": new_id()}
    for _ in range(2):
        assert (await storage.move(claim.run_id, RUNNING, FAILED, **request)).state == FAILED
    queued = await storage.get_run(following.run_id)
    assert (queued.state, queued.parent_run_id) == (QUEUED, claim.run_id)
    assert len(await storage.events_of(following.run_id)) == 1
    lost = Run(run_id=new_id(), location_name="etl", job_name="numbers")
    with refused(StaleEtagError):
        await storage.move(claim.run_id, RUNNING, FAILED, epoch=claim.epoch, next_run=lost)
    with refused(RunNotFoundError):
        await storage.get_run(lost.run_id)
