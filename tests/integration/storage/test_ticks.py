"""Schedules and sensors: a tick, its runs and its cursor are one."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from headrace.api.storage.v1.backfill_store_service_pb2 import ListBackfillsRequest
from headrace.api.storage.v1.tick_store_service_pb2 import (
    CommitTickRequest,
    CommitTickResponse,
    CommitTicksRequest,
    ListInstigatorsRequest,
    ListTicksRequest,
    SetInstigatorStateRequest,
)
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.automation_state_pb2 import PartitionSubset
from headrace.api.types.v1.backfill_pb2 import Backfill, BackfillTarget
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.instigator_pb2 import InstigatorKind, InstigatorRef, InstigatorState, Tick, TickResult
from headrace.api.types.v1.run_pb2 import Run, RunOrigin
from headrace.errors import CursorMismatchError, InvalidArgumentError, StaleEtagError
from rig.storage import QUEUED, StorageClient, new_id, refused

REF = InstigatorRef(location_name="etl", kind=InstigatorKind.INSTIGATOR_KIND_SENSOR, name="new_files")
NOON = datetime(2026, 3, 29, 12, tzinfo=timezone.utc)
SUCCEEDED, SKIPPED, FAILED = 1, 2, 3


def tick_request(due: datetime = NOON, etag: str = "", *run_keys: str, **fields: Any) -> CommitTickRequest:
    tick = Tick(**{"ref": REF, "result": SUCCEEDED if run_keys else SKIPPED, **fields})
    tick.due_time.FromDatetime(due)
    runs = [
        Run(run_id=new_id(), location_name="etl", job_name="numbers", origin=RunOrigin(sensor_name="s", run_key=key))
        for key in run_keys
    ]
    return CommitTickRequest(request_id=new_id(), tick=tick, runs=runs, etag=etag)


async def commit(storage: StorageClient, *args: Any, **fields: Any) -> CommitTickResponse:
    return await storage.ticks.CommitTick(tick_request(*args, **fields))


async def test_a_tick_commits_with_its_runs_and_its_cursor(storage: StorageClient) -> None:
    request = tick_request(NOON, "", "a", "b", cursor="file-7", log_lines=["seen"])
    answer = await storage.ticks.CommitTick(request)
    assert answer.committed
    assert list(answer.tick.run_ids) == [run.run_id for run in request.runs]
    assert answer.tick.HasField("finish_time")
    assert (answer.instigator.cursor, answer.instigator.last_run_key) == ("file-7", "b")
    assert answer.instigator.last_tick_time.ToDatetime(timezone.utc) == NOON
    run = await storage.get_run(request.runs[0].run_id)
    assert (run.state, run.origin.tick_id, run.origin.run_key) == (QUEUED, answer.tick.tick_id, "a")
    (listed,) = (await storage.ticks.ListInstigators(ListInstigatorsRequest())).instigators
    assert listed == answer.instigator


@pytest.mark.proves("P8", fault="F7", of="scheduler")
async def test_a_backfill_is_made_with_its_tick_and_not_without(storage: StorageClient) -> None:
    def asking(due: datetime, etag: str) -> CommitTickRequest:
        target = BackfillTarget(asset_key=AssetKey(path=["days"]), subset=PartitionSubset(partition_keys=["a", "b"]))
        backfill = Backfill(backfill_id=new_id(), location_name="etl", targets=[target])
        return tick_request(due, etag, result=SUCCEEDED, backfills=[backfill])

    first = asking(NOON, "")
    answer = await storage.ticks.CommitTick(first)
    (kept,) = answer.tick.backfills
    assert kept == Backfill(
        backfill_id=first.tick.backfills[0].backfill_id, targets=[BackfillTarget(asset_key=AssetKey(path=["days"]))]
    )
    repeated = asking(NOON, answer.instigator.etag)
    assert list((await storage.ticks.CommitTick(repeated)).tick.backfills) == [kept]
    with refused(StaleEtagError):
        await storage.ticks.CommitTick(asking(NOON + timedelta(minutes=1), ""))
    (made,) = (await storage.backfills.ListBackfills(ListBackfillsRequest())).backfills
    assert (made.backfill_id, made.targets) == (kept.backfill_id, first.tick.backfills[0].targets)


async def test_a_moment_has_one_tick_whoever_evaluated_it(storage: StorageClient) -> None:
    first = await commit(storage, NOON, "", "a")
    second = await commit(storage, NOON, "", "b")
    assert (second.committed, second.tick) == (False, first.tick)
    page = await storage.ticks.ListTicks(ListTicksRequest(ref=REF))
    assert list(page.ticks) == [first.tick]


@pytest.mark.proves("P7", fault="F7", of="scheduler")
async def test_of_many_who_commit_a_moment_one_does(storage: StorageClient) -> None:
    requests = [tick_request(NOON, "", "key") for _ in range(20)]
    answers = await asyncio.gather(*(storage.ticks.CommitTick(request) for request in requests))
    assert sum(answer.committed for answer in answers) == 1
    assert len({tuple(answer.tick.run_ids) for answer in answers}) == 1


@pytest.mark.proves("P8", fault="F7", of="scheduler")
async def test_a_run_key_never_makes_a_second_run(storage: StorageClient) -> None:
    first = await commit(storage, NOON, "", "a", "b", "a")
    assert (len(first.tick.run_ids), list(first.tick.repeated_run_keys)) == (2, ["a"])
    later = await commit(storage, NOON + timedelta(minutes=1), first.instigator.etag, "b", "c")
    assert (len(later.tick.run_ids), list(later.tick.repeated_run_keys)) == (1, ["b"])


async def test_runs_without_a_key_are_always_made(storage: StorageClient) -> None:
    answer = await commit(storage, NOON, "", "", "")
    assert len(answer.tick.run_ids) == 2


async def test_a_tick_for_an_instigator_that_changed_is_refused_with_all_that_came_of_it(
    storage: StorageClient,
) -> None:
    first = await commit(storage)
    request = tick_request(NOON + timedelta(minutes=1), "", "a")
    with refused(StaleEtagError):
        await storage.ticks.CommitTick(request)
    request.request_id, request.etag = new_id(), first.instigator.etag
    assert (await storage.ticks.CommitTick(request)).committed


@pytest.mark.proves("P7 P11", fault="F6", of="scheduler")
async def test_a_tick_that_is_repeated_answers_as_before(storage: StorageClient) -> None:
    request = tick_request(NOON, "", "a")
    first = await storage.ticks.CommitTick(request)
    assert await storage.ticks.CommitTick(request) == first


async def test_a_failed_tick_counts_and_leaves_the_cursor(storage: StorageClient) -> None:
    first = await commit(storage, cursor="1")
    failed = await commit(
        storage, NOON + timedelta(minutes=1), first.instigator.etag, result=FAILED, failure=Failure(message="boom")
    )
    assert (failed.instigator.cursor, failed.instigator.failure_count) == ("1", 1)
    again = await commit(storage, NOON + timedelta(minutes=2), failed.instigator.etag, result=FAILED)
    assert again.instigator.failure_count == 2
    well = await commit(storage, NOON + timedelta(minutes=3), again.instigator.etag, cursor="2")
    assert (well.instigator.cursor, well.instigator.failure_count) == ("2", 0)


async def test_a_request_whose_code_was_asked_again_answers_as_before(storage: StorageClient) -> None:
    first = tick_request(NOON, "", "a")
    again = tick_request(NOON + timedelta(seconds=1), "", "b")
    again.request_id = first.request_id
    committed = await storage.ticks.CommitTick(first)
    assert await storage.ticks.CommitTick(again) == committed
    assert len((await storage.ticks.ListTicks(ListTicksRequest())).ticks) == 1


async def test_switching_on_forgets_what_was_due_before(storage: StorageClient) -> None:
    def switch(state: int, **fields: Any) -> SetInstigatorStateRequest:
        return SetInstigatorStateRequest(request_id=new_id(), ref=REF, state=state, **fields)

    on = (await storage.ticks.SetInstigatorState(switch(InstigatorState.INSTIGATOR_STATE_RUNNING))).instigator
    again = (await storage.ticks.SetInstigatorState(switch(InstigatorState.INSTIGATOR_STATE_RUNNING))).instigator
    off = (
        await storage.ticks.SetInstigatorState(switch(InstigatorState.INSTIGATOR_STATE_STOPPED, cursor="9"))
    ).instigator
    assert on.HasField("active_since_time")
    assert again.active_since_time == on.active_since_time == off.active_since_time
    assert (off.cursor, off.state) == ("9", InstigatorState.INSTIGATOR_STATE_STOPPED)
    on_again = (await storage.ticks.SetInstigatorState(switch(InstigatorState.INSTIGATOR_STATE_RUNNING))).instigator
    assert on_again.active_since_time.ToMicroseconds() > on.active_since_time.ToMicroseconds()
    assert len({each.etag for each in (on, again, off, on_again)}) == 4


async def test_ticks_are_listed_newest_first_in_pages(storage: StorageClient) -> None:
    etag = ""
    for minute in range(5):
        result = FAILED if minute % 2 else SKIPPED
        answer = await commit(storage, NOON + timedelta(minutes=minute), etag, result=result)
        etag = answer.instigator.etag
    seen: list[int] = []
    request = ListTicksRequest(ref=REF, page_size=2)
    while True:
        page = await storage.ticks.ListTicks(request)
        seen += [tick.due_time.ToDatetime().minute for tick in page.ticks]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert seen == [4, 3, 2, 1, 0]
    failed = await storage.ticks.ListTicks(ListTicksRequest(results=[TickResult.TICK_RESULT_FAILED]))
    assert [tick.due_time.ToDatetime().minute for tick in failed.ticks] == [3, 1]
    with refused(CursorMismatchError):
        await storage.ticks.ListTicks(ListTicksRequest(page_token=request.page_token))


async def test_instigators_are_listed_by_location_kind_and_name(storage: StorageClient) -> None:
    for location, kind, name in (("b", 1, "x"), ("a", 2, "y"), ("a", 1, "z"), ("a", 1, "k")):
        ref = InstigatorRef(location_name=location, kind=kind, name=name)
        await storage.ticks.SetInstigatorState(SetInstigatorStateRequest(request_id=new_id(), ref=ref))
    names: list[str] = []
    request = ListInstigatorsRequest(page_size=1)
    while True:
        page = await storage.ticks.ListInstigators(request)
        names += [each.ref.name for each in page.instigators]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert names == ["k", "z", "y", "x"]
    of_a = await storage.ticks.ListInstigators(ListInstigatorsRequest(location_name="a", kind=1))
    assert [each.ref.name for each in of_a.instigators] == ["k", "z"]


async def test_a_tick_must_say_whose_and_when_it_is(storage: StorageClient) -> None:
    with refused(InvalidArgumentError, r"tick\.ref\.name"):
        await storage.ticks.CommitTick(
            CommitTickRequest(request_id=new_id(), tick=Tick(ref=InstigatorRef(location_name="a", kind=1)))
        )
    with refused(InvalidArgumentError, r"due_time"):
        await storage.ticks.CommitTick(CommitTickRequest(request_id=new_id(), tick=Tick(ref=REF, result=1)))


async def test_a_cursor_is_set_without_switching_and_what_is_new_only_leaves_what_is_kept(
    storage: StorageClient,
) -> None:
    def request(**fields: Any) -> SetInstigatorStateRequest:
        return SetInstigatorStateRequest(request_id=new_id(), ref=REF, **fields)

    stopped = InstigatorState.INSTIGATOR_STATE_STOPPED
    await storage.ticks.SetInstigatorState(request(state=stopped))
    await storage.ticks.SetInstigatorState(request(only_if_new=True))
    kept = (await storage.ticks.SetInstigatorState(request(keep_state=True, cursor="file-9"))).instigator
    assert (kept.state, kept.cursor) == (stopped, "file-9")


def of_schedule(name: str, etag: str = "", *run_keys: str) -> CommitTickRequest:
    ref = InstigatorRef(location_name="etl", kind=InstigatorKind.INSTIGATOR_KIND_SCHEDULE, name=name)
    return tick_request(NOON, etag, *run_keys, ref=ref)


async def test_many_ticks_are_stored_together_each_with_its_runs(storage: StorageClient) -> None:
    requests = [of_schedule(f"schedule_{number}", "", "a", "a", "") for number in range(50)]
    answers = (await storage.ticks.CommitTicks(CommitTicksRequest(request_id=new_id(), ticks=requests))).answers
    for request, answer in zip(requests, answers, strict=True):
        first, _, third = (run.run_id for run in request.runs)
        tick = answer.response.tick
        assert answer.response.committed
        assert (tick.ref.name, list(tick.run_ids), list(tick.repeated_run_keys)) == (
            request.tick.ref.name,
            [first, third],
            ["a"],
        )
        run = await storage.get_run(first)
        assert (run.state, run.origin.tick_id, run.last_sequence) == (QUEUED, tick.tick_id, 1)


@pytest.mark.proves("P7 P8", fault="F7", of="scheduler")
async def test_of_many_ticks_one_that_is_stale_or_was_there_leaves_the_others_alone(storage: StorageClient) -> None:
    there = (await storage.ticks.CommitTick(of_schedule("there"))).tick
    moved = (await storage.ticks.CommitTick(of_schedule("moved"))).instigator
    stale = of_schedule("moved", "", "k")
    stale.tick.due_time.FromDatetime(NOON + timedelta(minutes=1))
    fresh = of_schedule("moved", moved.etag, "k")
    fresh.tick.due_time.FromDatetime(NOON + timedelta(minutes=2))
    request = CommitTicksRequest(
        request_id=new_id(), ticks=[of_schedule("there", "", "k"), stale, fresh, of_schedule("new")]
    )
    was_there, late, later, new = (await storage.ticks.CommitTicks(request)).answers
    assert (was_there.response.committed, was_there.response.tick) == (False, there)
    assert late.stale
    assert later.response.committed
    assert len(later.response.tick.run_ids) == 1
    assert new.response.committed


@pytest.mark.proves("P7 P11", fault="F6", of="scheduler")
async def test_many_ticks_that_are_committed_twice_are_stored_once(storage: StorageClient) -> None:
    request = CommitTicksRequest(
        request_id=new_id(), ticks=[of_schedule(f"schedule_{number}", "", "") for number in range(5)]
    )
    first, again = [(await storage.ticks.CommitTicks(request)).answers for _ in range(2)]
    assert [each.response.tick for each in again] == [each.response.tick for each in first]
    assert {each.response.committed for each in again} == {False}


async def test_a_failed_tick_moves_its_cursor_only_where_it_says_so(storage: StorageClient) -> None:
    request = tick_request(NOON, "", result=FAILED, cursor="beyond")
    assert (await storage.ticks.CommitTick(request)).instigator.cursor == ""
    request = tick_request(NOON + timedelta(minutes=1), "1", result=FAILED, cursor="beyond")
    request.failed_moves_cursor = True
    assert (await storage.ticks.CommitTick(request)).instigator.cursor == "beyond"


async def test_a_cursor_may_be_set_only_if_nothing_has_changed(storage: StorageClient) -> None:
    def request(etag: str) -> SetInstigatorStateRequest:
        return SetInstigatorStateRequest(request_id=new_id(), ref=REF, keep_state=True, cursor="9", etag=etag)

    kept = (await storage.ticks.SetInstigatorState(request(""))).instigator
    with refused(StaleEtagError):
        await storage.ticks.SetInstigatorState(request(""))
    assert (await storage.ticks.SetInstigatorState(request(kept.etag))).instigator.cursor == "9"


async def test_some_schedules_are_read_by_their_names(storage: StorageClient) -> None:
    await storage.ticks.CommitTicks(
        CommitTicksRequest(request_id=new_id(), ticks=[of_schedule(f"s{number}") for number in range(6)])
    )
    request = ListInstigatorsRequest(location_name="etl", names=["s4", "s1", "none"])
    found = (await storage.ticks.ListInstigators(request)).instigators
    assert [each.ref.name for each in found] == ["s1", "s4"]
