"""Sensors over real services: intervals, cursors and run keys."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timezone

from headrace.api.codeloc.v1.code_location_service_pb2 import EvaluateSensorRequest, EvaluateSensorResponse
from headrace.api.scheduler.v1.scheduler_service_pb2 import EvaluateNowRequest
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_STATE_RUNNING,
    INSTIGATOR_STATE_STOPPED,
    TICK_RESULT_FAILED,
    TICK_RESULT_SKIPPED,
    RunRequest,
    Tick,
)
from rig.scheduling import SENSOR, StartScheduling, job, sensor
from rig.waiting import wait_until_async


def seconds_between(ticks: list[Tick]) -> list[float]:
    times = [tick.due_time.ToDatetime(tzinfo=timezone.utc) for tick in ticks]
    return [(after - before).total_seconds() for before, after in itertools.pairwise(times)]


async def test_a_sensor_is_asked_at_its_interval_and_its_cursor_comes_back(start_scheduling: StartScheduling) -> None:
    cursors: list[str] = []

    async def count(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        cursors.append(request.cursor)
        return EvaluateSensorResponse(skip_message="nothing", cursor=str(len(cursors)))

    scheduling = await start_scheduling(job("sums"), sensor("files", seconds=1), sensor=count)
    ticks = await scheduling.ticked("files", 3, SENSOR)
    assert cursors[:3] == ["", "1", "2"]
    assert all(gap >= 1.0 for gap in seconds_between(ticks)), seconds_between(ticks)
    assert ticks[0].result == TICK_RESULT_SKIPPED
    assert (await scheduling.instigator("files", SENSOR)).cursor in {"3", "4"}


async def test_a_run_key_never_makes_a_second_run(start_scheduling: StartScheduling) -> None:
    keys: list[str] = []

    async def same_file(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        keys.append(request.last_run_key)
        return EvaluateSensorResponse(run_requests=[RunRequest(run_key="/check")])

    scheduling = await start_scheduling(job("sums"), sensor("files"), sensor=same_file)
    first, second = (await scheduling.ticked("files", 2, SENSOR))[:2]
    (run,) = await scheduling.runs()
    assert list(first.run_ids) == [run.run_id]
    assert (list(second.run_ids), list(second.repeated_run_keys)) == ([], ["/check"])
    assert keys[:2] == ["", "/check"]
    assert (run.origin.sensor_name, run.origin.run_key) == ("files", "/check")


async def test_a_failing_sensor_keeps_its_cursor_and_is_asked_less_often(start_scheduling: StartScheduling) -> None:
    calls = 0

    async def fail(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        nonlocal calls
        calls += 1
        if calls == 1:
            return EvaluateSensorResponse(cursor="seen")
        assert request.cursor == "seen"
        return EvaluateSensorResponse(failure=Failure(type="OSError", message="no such bucket"))

    scheduling = await start_scheduling(job("sums"), sensor("files"), sensor=fail)
    ticks = await scheduling.ticked("files", 3, SENSOR)
    assert [tick.result for tick in ticks[1:3]] == [TICK_RESULT_FAILED] * 2
    assert seconds_between(ticks)[1] >= 2.0
    kept = await scheduling.instigator("files", SENSOR)
    assert (kept.cursor, kept.failure_count) == ("seen", 2)


async def test_a_sensor_is_asked_as_soon_as_it_is_switched_on_and_no_more_when_off(
    start_scheduling: StartScheduling,
) -> None:
    async def skip(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        return EvaluateSensorResponse()

    scheduling = await start_scheduling(job("sums"), sensor("files", on=False, seconds=600), sensor=skip)
    await scheduling.known("files", SENSOR)
    switched = await scheduling.switch("files", INSTIGATOR_STATE_RUNNING, SENSOR)
    (tick,) = await scheduling.ticked("files", 1, SENSOR)
    assert tick.start_time.ToNanoseconds() - switched.active_since_time.ToNanoseconds() < 1e9
    await scheduling.switch("files", INSTIGATOR_STATE_STOPPED, SENSOR)
    await scheduling.switch("files", INSTIGATOR_STATE_RUNNING, SENSOR)
    assert len(await scheduling.ticked("files", 2, SENSOR)) == 2


async def test_a_dry_run_may_be_told_another_cursor(start_scheduling: StartScheduling) -> None:
    asked: list[str] = []

    async def echo(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        asked.append(request.cursor)
        return EvaluateSensorResponse(cursor=request.cursor + "+")

    scheduling = await start_scheduling(job("sums"), sensor("files", on=False), sensor=echo)
    await scheduling.known("files", SENSOR)
    request = EvaluateNowRequest(ref=scheduling.ref("files", SENSOR), dry_run=True, cursor="42")
    answer = await scheduling.scheduler.EvaluateNow(request)
    assert (asked, answer.tick.cursor) == (["42"], "42+")
    assert await scheduling.ticks() == []


async def test_a_sensor_that_hangs_holds_up_no_other(start_scheduling: StartScheduling) -> None:
    hanging = asyncio.Event()

    async def hang_or_skip(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        if request.sensor_name == "hangs":
            await hanging.wait()
        return EvaluateSensorResponse()

    scheduling = await start_scheduling(job("sums"), sensor("hangs"), sensor("runs"), sensor=hang_or_skip)
    await scheduling.ticked("runs", 2, SENSOR)
    assert await scheduling.ticks("hangs", SENSOR) == []
    hanging.set()

    async def ticked() -> bool:
        return bool(await scheduling.ticks("hangs", SENSOR))

    await wait_until_async(ticked, what="the tick of the sensor that hung")
