"""Events: numbered without gaps, stored once, listed and watched in one order."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc.aio
import pytest

from headrace.api.storage.v1.event_log_service_pb2 import EventFilter, ListEventsRequest
from headrace.api.storage.v1.run_store_service_pb2 import DeleteRunRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetCheckEvaluated, AssetObserved, Event, RunStateChanged, StepStarted
from headrace.errors import (
    CursorExpiredError,
    CursorMismatchError,
    InvalidArgumentError,
    MessageTooLargeError,
    RunNotFoundError,
)
from rig.storage import (
    RUNNING,
    SUCCEEDED,
    StorageClient,
    StorageService,
    log_event,
    materialization,
    new_id,
    refused,
)


def key(*path: str) -> AssetKey:
    return AssetKey(path=path)


async def read_until(watch: Any, count: int) -> list[Event]:
    events: list[Event] = []
    while len(events) < count:
        events += (await asyncio.wait_for(watch.read(), 30)).events
    return events


@pytest.mark.proves("P6", fault="F6", of="worker")
@pytest.mark.proves("P6", fault="F7", of="worker")
async def test_a_batch_that_is_repeated_is_stored_once(storage: StorageClient) -> None:
    claim = await storage.start_run()
    request = claim.report("one", "two")
    first = await storage.events.AppendEvents(request)
    again = await storage.events.AppendEvents(request)
    assert (again.last_sequence, first.repeated, again.repeated) == (first.last_sequence, False, True)
    await storage.events.AppendEvents(claim.report("three"))
    await storage.events.AppendEvents(request)
    events = await storage.events_of(claim.run_id)
    assert [event.log_recorded.message for event in events[3:]] == ["one", "two", "three"]


async def test_a_batch_that_skips_another_is_refused(storage: StorageClient) -> None:
    claim = await storage.start_run()
    with refused(InvalidArgumentError, "is 3, the next of this claim is 1"):
        await storage.events.AppendEvents(claim.report("x", batch=3))
    with refused(InvalidArgumentError, "batch"):
        await storage.events.AppendEvents(claim.report("x", batch=0))


async def test_a_last_batch_that_was_stored_before_is_not_stored_with_the_end(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report("one"))
    finished = await storage.finish(claim, batch=1, events=[log_event("one")])
    assert finished.last_sequence == 5


async def test_an_empty_batch_counts(storage: StorageClient) -> None:
    claim = await storage.start_run()
    assert (await storage.events.AppendEvents(claim.report())).last_sequence == 3
    assert (await storage.events.AppendEvents(claim.report("x"))).last_sequence == 4


@pytest.mark.proves("P4", fault="F7", of="worker")
async def test_batches_that_race_leave_no_gap(storage: StorageClient) -> None:
    claims = [await storage.start_run() for _ in range(4)]

    async def report(number: int) -> None:
        for batch in range(20):
            await storage.events.AppendEvents(claims[number].report(*[f"{batch}"] * (batch % 5)))

    await asyncio.gather(*map(report, range(4)))
    for claim in claims:
        events = await storage.events_of(claim.run_id)
        assert [event.sequence for event in events] == list(range(1, 44))


async def test_too_many_events_are_refused(storage: StorageClient) -> None:
    claim = await storage.start_run()
    assert (await storage.events.AppendEvents(claim.report(*["x"] * 500))).last_sequence == 503
    with refused(MessageTooLargeError, "501 events"):
        await storage.events.AppendEvents(claim.report(*["x"] * 501))


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (Event(run_id="other", step_started=StepStarted()), "run_id"),
        (Event(run_state_changed=RunStateChanged(state=SUCCEEDED)), "run_state_changed"),
        (materialization(), "asset_key"),
    ],
    ids=["of another run", "a change of state", "without an asset"],
)
async def test_what_is_not_a_worker_s_to_report_is_refused(storage: StorageClient, event: Event, problem: str) -> None:
    claim = await storage.start_run()
    with refused(InvalidArgumentError, rf"events\[1\].*{problem}"):
        await storage.events.AppendEvents(claim.report("fine", event))


async def test_a_kind_of_event_that_is_not_known_yet_is_kept_as_it_came(storage: StorageClient) -> None:
    claim = await storage.start_run()
    unknown = Event.FromString(b"\xfa\x3e\x03abc")
    await storage.events.AppendEvents(claim.report(unknown))
    (stored,) = (await storage.events_of(claim.run_id))[-1:]
    assert b"\xfa\x3e\x03abc" in stored.SerializeToString()
    assert stored.sequence == 4


async def test_events_are_found_by_kind_step_and_asset(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(
        claim.report(
            log_event("a", "load"),
            materialization("db", "users"),
            Event(asset_observed=AssetObserved(asset_key=key("db", "users"))),
            Event(asset_check_evaluated=AssetCheckEvaluated(asset_key=key("db", "orders"))),
            log_event("b", "store"),
        )
    )

    async def found(**filters: Any) -> list[int]:
        return [event.sequence for event in await storage.events_of(claim.run_id, **filters)]

    assert await found(kinds=["log_recorded"]) == [4, 8]
    assert await found(kinds=["log_recorded", "asset_observed"], step_key="store") == [8]
    assert await found(asset_keys=[key("db", "users")]) == [5, 6]
    assert await found(asset_keys=[key("db", "users"), key("db", "orders")], kinds=["asset_check_evaluated"]) == [7]
    everywhere = await storage.events_of("", asset_keys=[key("db", "users")])
    assert [event.sequence for event in everywhere] == [5, 6]
    with refused(InvalidArgumentError, "no_such_kind is no kind of event"):
        await found(kinds=["no_such_kind"])


async def test_a_page_ends_at_its_size_and_at_a_megabyte(storage: StorageClient) -> None:
    claim = await storage.start_run()
    for _ in range(4):
        await storage.events.AppendEvents(claim.report(*["x" * 60_000] * 8))
    request = ListEventsRequest(filter=EventFilter(run_id=claim.run_id), page_size=1000)
    sizes = []
    while True:
        page = await storage.events.ListEvents(request)
        sizes.append(len(page.events))
        assert page.ByteSize() < 1_200_000
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert sum(sizes) == 35
    assert len(sizes) >= 2


@pytest.mark.parametrize("scope", ["run", "feed"])
async def test_a_list_and_a_watch_agree_and_share_their_token(storage: StorageClient, scope: str) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(*map(str, range(10))))
    run_id = claim.run_id if scope == "run" else ""
    filter = EventFilter(run_id=run_id)
    page = await storage.events.ListEvents(ListEventsRequest(filter=filter, page_size=5))
    watch = storage.watch(run_id, cursor=page.next_page_token)
    rest = await read_until(watch, 8)
    watch.cancel()
    assert [*page.events, *rest] == await storage.events_of(run_id)


@pytest.mark.proves("P4 P5", fault="F10", of="gateway")
@pytest.mark.parametrize("scope", ["run", "feed"])
async def test_a_watch_that_resumes_misses_nothing_and_repeats_nothing(storage: StorageClient, scope: str) -> None:
    claim = await storage.start_run()
    run_id = claim.run_id if scope == "run" else ""
    seen: list[int] = []
    cursor = ""
    for number in range(5):
        watch = storage.watch(run_id, cursor=cursor)
        while len(seen) < 3 + number:
            answer = await watch.read()
            seen += [event.sequence for event in answer.events]
            cursor = answer.cursor
        watch.cancel()
        await storage.events.AppendEvents(claim.report(str(number)))
    assert seen == list(range(1, 8))


@pytest.mark.parametrize("scope", ["run", "feed"])
async def test_a_watch_from_now_brings_only_what_comes(storage: StorageClient, scope: str) -> None:
    claim = await storage.start_run()
    watch = storage.watch(claim.run_id if scope == "run" else "", from_now=True)
    first = await watch.read()
    assert (list(first.events), first.caught_up) == ([], True)
    assert first.cursor
    await storage.events.AppendEvents(claim.report("new"))
    (event,) = await read_until(watch, 1)
    assert event.log_recorded.message == "new"
    watch.cancel()


async def test_a_watch_says_when_it_has_caught_up(storage: StorageClient) -> None:
    claim = await storage.start_run()
    for _ in range(3):
        await storage.events.AppendEvents(claim.report(*["x"] * 400))
    watch = storage.watch(claim.run_id)
    caught_up = []
    while not caught_up or not caught_up[-1]:
        caught_up.append((await watch.read()).caught_up)
    assert len(caught_up) > 1
    watch.cancel()


async def test_the_watch_of_a_run_that_is_over_ends_whatever_it_filters(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report("x"))
    watch = storage.watch(claim.run_id, kinds=["log_recorded"])
    assert len(await read_until(watch, 1)) == 1
    await storage.finish(claim)
    while (answer := await watch.read()) is not grpc.aio.EOF:
        assert not answer.events
    late = storage.watch(claim.run_id)
    assert len(await read_until(late, 5)) == 5
    assert await late.read() is grpc.aio.EOF


async def test_the_watch_of_a_run_that_is_put_back_goes_on(storage: StorageClient) -> None:
    claim = await storage.start_run()
    watch = storage.watch(claim.run_id)
    await read_until(watch, 3)
    await storage.move(claim.run_id, RUNNING, 1)
    await storage.admit(claim.run_id)
    assert [event.sequence for event in await read_until(watch, 2)] == [4, 5]
    watch.cancel()


async def test_the_watch_of_a_run_that_is_not_there_or_deleted_is_told_so(storage: StorageClient) -> None:
    with refused(RunNotFoundError):
        await storage.watch(new_id()).read()
    with refused(RunNotFoundError):
        await storage.watch(new_id(), from_now=True).read()
    claim = await storage.start_run()
    answer = await storage.watch(claim.run_id).read()
    await storage.finish(claim)
    await storage.runs.DeleteRun(DeleteRunRequest(request_id=new_id(), run_id=claim.run_id))
    with refused(RunNotFoundError):
        await storage.watch(claim.run_id, cursor=answer.cursor).read()


async def test_a_cursor_is_good_for_its_own_filter(storage: StorageClient) -> None:
    claim = await storage.start_run()
    cursor = (await storage.watch(claim.run_id).read()).cursor
    with refused(CursorMismatchError):
        await storage.watch("", cursor=cursor).read()
    with refused(CursorMismatchError):
        await storage.watch(claim.run_id, cursor=cursor, kinds=["log_recorded"]).read()
    with refused(CursorMismatchError):
        await storage.watch(claim.run_id, cursor="%%%").read()


@pytest.mark.parametrize("scope", ["run", "feed"])
async def test_a_cursor_of_another_database_has_expired_and_the_error_brings_a_good_one(
    service: StorageService, scope: str
) -> None:
    storage = service.client
    claim = await storage.start_run()
    run_id = claim.run_id if scope == "run" else ""
    cursor = (await storage.watch(run_id).read()).cursor
    service.store.generation = "restored"
    with refused(CursorExpiredError) as error:
        await storage.watch(run_id, cursor=cursor).read()
    answer = await storage.watch(run_id, cursor=error.value.metadata["oldest_cursor"]).read()
    assert len(answer.events) == 3


@pytest.mark.proves("P5")
async def test_the_feed_brings_each_run_s_events_in_its_own_order(storage: StorageClient) -> None:
    claims = [await storage.start_run() for _ in range(6)]
    watch = storage.watch("")

    async def work(index: int) -> None:
        for number in range(10):
            await storage.events.AppendEvents(claims[index].report(str(number)))
        await storage.finish(claims[index])

    reading = asyncio.create_task(read_until(watch, 6 * 14))
    await asyncio.gather(*map(work, range(6)))
    events = await reading
    watch.cancel()
    for claim in claims:
        assert [event.sequence for event in events if event.run_id == claim.run_id] == list(range(1, 15))


async def test_a_rare_kind_is_found_among_many(storage: StorageClient) -> None:
    claim = await storage.start_run()
    for _ in range(3):
        await storage.events.AppendEvents(claim.report(*["x"] * 400))
    await storage.finish(claim)
    watch = storage.watch("", kinds=["run_state_changed"])
    states = [event.run_state_changed.state for event in await read_until(watch, 4)]
    assert states == [1, 2, 3, 5]
    watch.cancel()


async def test_a_page_of_the_feed_tells_where_it_goes_on_after_each_event(storage: StorageClient) -> None:
    for _ in range(3):
        await storage.create_run()
    whole = await storage.events.ListEvents(ListEventsRequest(with_cursors=True))
    assert (len(whole.cursors), whole.next_page_token) == (3, "")
    rest = await storage.events.ListEvents(ListEventsRequest(page_token=whole.cursors[0]))
    assert list(rest.events) == list(whole.events)[1:]
    await storage.create_run()
    new = await storage.events.ListEvents(ListEventsRequest(page_token=whole.end_cursor))
    assert len(new.events) == 1
