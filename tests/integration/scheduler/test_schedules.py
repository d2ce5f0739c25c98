"""Schedules over real services: due on time, once, and with what they ask for."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from headrace.api.codeloc.v1.code_location_service_pb2 import EvaluateScheduleRequest, EvaluateScheduleResponse
from headrace.api.scheduler.v1.scheduler_service_pb2 import EvaluateNowRequest, PreviewTicksRequest
from headrace.api.storage.v1.lease_service_pb2 import AcquireLeaseRequest
from headrace.api.storage.v1.lease_service_pb2_grpc import LeaseServiceStub
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_STATE_RUNNING,
    INSTIGATOR_STATE_STOPPED,
    TICK_RESULT_FAILED,
    TICK_RESULT_SKIPPED,
    TICK_RESULT_SUCCEEDED,
    RunRequest,
    Tick,
)
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_UNREACHABLE
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.rpc.status import from_rpc_error
from headrace_services.kit.config.model import SchedulerConfig
from headrace_services.scheduler.shards import LEASE_SECONDS, SHARDS
from rig.scheduling import NOON, StartScheduling, job, schedule


def due_times(ticks: list[Tick]) -> list[datetime]:
    return [tick.due_time.ToDatetime(tzinfo=timezone.utc) for tick in ticks]


async def one_run(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
    return EvaluateScheduleResponse(run_requests=[RunRequest(tags=[Tag(key="from", value=request.schedule_name)])])


async def skip(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
    return EvaluateScheduleResponse(skip_message="nothing to do", log_lines=["looked around"])


async def test_a_schedule_that_its_code_switches_on_ticks_on_time(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("every_minute"), schedule=one_run)
    await scheduling.noon("every_minute")
    (tick,) = await scheduling.ticked("every_minute")
    assert due_times([tick]) == [NOON]
    assert tick.result == TICK_RESULT_SUCCEEDED
    late = tick.start_time.ToDatetime(tzinfo=timezone.utc) - NOON
    assert timedelta(0) <= late < timedelta(seconds=1)
    (run,) = await scheduling.runs()
    assert list(tick.run_ids) == [run.run_id]
    assert (run.job_name, run.origin.schedule_name, run.origin.tick_id) == ("sums", "every_minute", tick.tick_id)
    assert {tag.key: tag.value for tag in run.tags} == {
        "from": "every_minute",
        "headrace/schedule_name": "every_minute",
    }


async def test_a_schedule_that_is_off_is_not_asked(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(
        job("sums"), schedule("on"), schedule("off", on=False), schedule("paused"), schedule=skip
    )
    await scheduling.switch("paused", INSTIGATOR_STATE_STOPPED)
    await scheduling.noon("on", "paused")
    await scheduling.ticked("on")
    assert await scheduling.ticks("off") == await scheduling.ticks("paused") == []


async def test_what_a_user_says_wins_over_what_the_code_says(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("off", on=False), schedule=skip)
    await scheduling.known("off")
    await scheduling.switch("off", INSTIGATOR_STATE_RUNNING)
    await scheduling.noon("off")
    (tick,) = await scheduling.ticked("off")
    assert (tick.result, tick.skip_message, list(tick.log_lines)) == (
        TICK_RESULT_SKIPPED,
        "nothing to do",
        ["looked around"],
    )


async def test_ticks_of_many_schedules_in_one_minute_are_all_on_time(start_scheduling: StartScheduling) -> None:
    async def slow(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        await asyncio.sleep(0.1)
        return await one_run(request)

    names = [f"schedule_{number}" for number in range(40)]
    scheduling = await start_scheduling(job("sums"), *map(schedule, names), schedule=slow)
    await scheduling.noon(*names)
    for name in names:
        (tick,) = await scheduling.ticked(name)
        late = tick.start_time.ToDatetime(tzinfo=timezone.utc) - NOON
        assert late < timedelta(seconds=4), f"{name}: that is how long they take one after the other"
    assert len(await scheduling.runs()) == len(names)


async def test_a_schedule_whose_code_fails_has_a_failed_tick_that_says_why(start_scheduling: StartScheduling) -> None:
    async def fail(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        return EvaluateScheduleResponse(failure=Failure(type="ZeroDivisionError", message="division by zero"))

    scheduling = await start_scheduling(job("sums"), schedule("bad"), schedule=fail)
    await scheduling.noon("bad")
    (tick,) = await scheduling.ticked("bad")
    assert (tick.result, tick.failure.type) == (TICK_RESULT_FAILED, "ZeroDivisionError")


async def test_a_failing_tick_is_tried_again_as_often_as_configured(start_scheduling: StartScheduling) -> None:
    calls: list[datetime] = []

    async def fail_once(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        calls.append(request.due_time.ToDatetime(tzinfo=timezone.utc))
        if len(calls) < 3:
            return EvaluateScheduleResponse(failure=Failure(message="not yet"))
        return await one_run(request)

    scheduling = await start_scheduling(
        job("sums"), schedule("flaky"), schedule=fail_once, scheduler=SchedulerConfig(max_tick_retries=2)
    )
    await scheduling.noon("flaky")
    (tick,) = await scheduling.ticked("flaky")
    assert tick.result == TICK_RESULT_SUCCEEDED
    assert calls == [NOON] * 3


async def test_a_request_for_what_does_not_exist_fails_its_tick_and_makes_nothing(
    start_scheduling: StartScheduling,
) -> None:
    async def unknown(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        return EvaluateScheduleResponse(run_requests=[RunRequest(), RunRequest(job_name="summs", run_key="k")])

    scheduling = await start_scheduling(job("sums"), schedule("bad"), schedule=unknown)
    await scheduling.noon("bad")
    (tick,) = await scheduling.ticked("bad")
    assert tick.result == TICK_RESULT_FAILED
    assert "the run with the key 'k' cannot be made" in tick.failure.message
    assert "did you mean 'sums'" in tick.failure.message
    assert await scheduling.runs() == []


async def test_a_tick_that_came_due_while_its_location_was_away_is_made_up_for(
    start_scheduling: StartScheduling,
) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("every_minute"), schedule=skip)
    await scheduling.instigator("every_minute")
    await scheduling.location.close()
    await scheduling.plane.location_in("scripted", LOCATION_STATE_UNREACHABLE)
    scheduling.set(NOON + timedelta(minutes=9, seconds=30))
    await scheduling.location.serve(scheduling.location.address)
    (tick,) = await scheduling.ticked("every_minute")
    assert due_times([tick]) == [NOON + timedelta(minutes=9)]


async def test_a_schedule_may_ask_for_its_missed_ticks(start_scheduling: StartScheduling) -> None:
    wants = schedule("wants", tags=[Tag(key="headrace/max_catchup_runs", value="3")])
    scheduling = await start_scheduling(job("sums"), wants, schedule=skip)
    await scheduling.instigator("wants")
    await scheduling.location.close()
    await scheduling.plane.location_in("scripted", LOCATION_STATE_UNREACHABLE)
    scheduling.set(NOON + timedelta(minutes=9, seconds=30))
    await scheduling.location.serve(scheduling.location.address)
    ticks = await scheduling.ticked("wants", 3)
    assert due_times(ticks) == [NOON + timedelta(minutes=number) for number in (7, 8, 9)]


async def test_a_clock_set_forward_and_back_doubles_no_tick(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("every_minute"), schedule=one_run)
    await scheduling.noon("every_minute")
    await scheduling.ticked("every_minute")
    scheduling.set(NOON - timedelta(seconds=1))
    await asyncio.sleep(1.5)
    scheduling.set(NOON + timedelta(seconds=30))
    await asyncio.sleep(0.3)
    assert due_times(await scheduling.ticks("every_minute")) == [NOON]
    assert len(await scheduling.runs()) == 1


async def test_two_schedulers_commit_one_tick(start_scheduling: StartScheduling) -> None:
    asked: list[str] = []

    async def count(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        asked.append(request.schedule_name)
        return await one_run(request)

    names = [f"schedule_{number}" for number in range(10)]
    scheduling = await start_scheduling(job("sums"), *map(schedule, names), schedule=count)
    await scheduling.another_scheduler()
    await scheduling.noon(*names)
    for name in names:
        await scheduling.ticked(name)
    await asyncio.sleep(2.5)
    assert sorted(tick.ref.name for tick in await scheduling.ticks()) == names
    assert len(await scheduling.runs()) == len(names)
    # Shards only spare work, but they do spare it; who was late to renew a shard asks in vain.
    assert set(asked) == set(names)
    assert len(asked) < 2 * len(names)


async def test_the_shards_of_a_scheduler_that_died_are_taken_within_two_seconds(
    start_scheduling: StartScheduling,
) -> None:
    names = [f"schedule_{number}" for number in range(20)]
    scheduling = await start_scheduling(job("sums"), *map(schedule, names), schedule=one_run)
    leases = scheduling.plane.stub(LeaseServiceStub, "storage")
    await scheduling.noon(*names)
    for shard in range(SHARDS):
        request = AcquireLeaseRequest(
            request_id=scheduling.plane.ids.uuid7(),
            resource=f"scheduler/shard/{shard}",
            holder="scheduler/dead",
            ttl=Duration(seconds=LEASE_SECONDS),
        )
        assert (await leases.AcquireLease(request)).acquired
    for name in names:
        (tick,) = await scheduling.ticked(name)
        late = tick.start_time.ToDatetime(tzinfo=timezone.utc) - NOON
        assert timedelta(seconds=1) < late < timedelta(seconds=LEASE_SECONDS + 1), name
    assert len(await scheduling.runs()) == len(names)


async def test_changed_definitions_are_scheduled_anew(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("old"), schedule=skip)
    scheduling.location.change([job("sums"), schedule("new")])
    await scheduling.noon("new")
    await scheduling.ticked("new")
    assert await scheduling.ticks("old") == []


async def test_a_preview_lists_due_times_and_asks_nobody(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("daily", cron="30 9 * * *", time_zone="Europe/Berlin"))
    await scheduling.instigator("daily")
    request = PreviewTicksRequest(ref=scheduling.ref("daily"), page_size=2)
    times = (await scheduling.scheduler.PreviewTicks(request)).due_times
    assert [time.ToDatetime() for time in times] == [datetime(2024, 5, 2, 7, 30), datetime(2024, 5, 3, 7, 30)]
    request.ref.name = "dayly"
    with pytest.raises(grpc.RpcError) as caught:
        await scheduling.scheduler.PreviewTicks(request)
    assert from_rpc_error(caught.value).reason == "TARGET_NOT_FOUND"


async def evaluate(scheduling: Any, **fields: Any) -> Any:
    request = EvaluateNowRequest(request_id=scheduling.plane.ids.uuid7(), **fields)
    return await scheduling.scheduler.EvaluateNow(request)


async def test_a_dry_run_shows_what_would_be_made_and_makes_nothing(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("a", on=False), schedule=one_run)
    await scheduling.known("a")
    answer = await evaluate(scheduling, ref=scheduling.ref("a"), dry_run=True)
    assert answer.tick.result == TICK_RESULT_SUCCEEDED
    assert [request.tags[0].value for request in answer.run_requests] == ["a"]
    assert await scheduling.ticks() == await scheduling.runs() == []


async def test_evaluating_now_commits_a_tick(start_scheduling: StartScheduling) -> None:
    scheduling = await start_scheduling(job("sums"), schedule("a", on=False), schedule=one_run)
    await scheduling.known("a")
    answer = await evaluate(scheduling, ref=scheduling.ref("a"))
    (run,) = await scheduling.runs()
    assert list(answer.tick.run_ids) == [run.run_id]
    request = EvaluateNowRequest(request_id=scheduling.plane.ids.uuid7(), ref=scheduling.ref("a"))
    first, again = [await scheduling.scheduler.EvaluateNow(request) for _ in range(2)]
    assert first == again
    assert len(await scheduling.runs()) == 2
    late = NOON + timedelta(hours=1)
    with pytest.raises(grpc.RpcError, match="lies ahead"):
        await evaluate(scheduling, ref=scheduling.ref("a"), due_time=late)
