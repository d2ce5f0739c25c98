"""What goes wrong between the question and the commit: each has one answer, and it is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from headrace.api.codeloc.v1.code_location_service_pb2 import (
    EvaluateScheduleRequest,
    EvaluateScheduleResponse,
    EvaluateSensorRequest,
    EvaluateSensorResponse,
)
from headrace.api.storage.v1.tick_store_service_pb2 import SetInstigatorStateRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event
from headrace.api.types.v1.instigator_pb2 import TICK_RESULT_FAILED, TICK_RESULT_SUCCEEDED, RunRequest
from headrace.api.types.v1.metadata_pb2 import Tag
from rig.scheduling import NOON, SENSOR, Scheduling, StartScheduling, job, schedule, sensor
from rig.waiting import wait_until_async


async def set_cursor(scheduling: Scheduling, name: str, cursor: str) -> None:
    request = SetInstigatorStateRequest(
        request_id=scheduling.plane.ids.uuid7(), ref=scheduling.ref(name, SENSOR), keep_state=True, cursor=cursor
    )
    await scheduling.store.SetInstigatorState(request)


@pytest.mark.proves("P8")
async def test_a_cursor_that_is_set_while_the_code_decides_is_not_overwritten(
    start_scheduling: StartScheduling,
) -> None:
    asked: list[str] = []
    asking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        asked.append(request.cursor)
        asking.set()
        await go_on.wait()
        return EvaluateSensorResponse(cursor=f"{request.cursor}+", run_requests=[RunRequest(run_key=request.cursor)])

    scheduling = await start_scheduling(job("sums"), sensor("files", seconds=600), sensor=slow)
    await asyncio.wait_for(asking.wait(), 30)
    await set_cursor(scheduling, "files", "mine")
    # The scheduler hears of it, and must not take what it hears for what it has asked with.
    await asyncio.sleep(0.3)
    go_on.set()
    (tick,) = await scheduling.ticked("files", 1, SENSOR)
    assert asked[-1] == "mine"
    assert tick.cursor == (await scheduling.instigator("files", SENSOR)).cursor == "mine+"
    assert [run.origin.run_key for run in await scheduling.runs()] == ["mine"]


@pytest.mark.proves("P12", fault="F16", of="location")
async def test_a_sensor_that_hangs_fails_after_the_time_it_asks_for(start_scheduling: StartScheduling) -> None:
    async def hang(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        await asyncio.Event().wait()
        raise AssertionError

    impatient = sensor("files", seconds=600, tags=[Tag(key="headrace/evaluation_timeout_seconds", value="1")])
    scheduling = await start_scheduling(job("sums"), impatient, sensor=hang)
    (tick,) = await scheduling.ticked("files", 1, SENSOR)
    assert (tick.result, tick.failure.type) == (TICK_RESULT_FAILED, "EVALUATION_TIMEOUT")
    assert "within 2 s" in tick.failure.message


async def test_a_sensor_that_asks_for_an_unknown_job_keeps_its_cursor_and_says_which(
    start_scheduling: StartScheduling,
) -> None:
    async def unknown(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        return EvaluateSensorResponse(cursor="beyond", run_requests=[RunRequest(job_name="summs", run_key="k")])

    scheduling = await start_scheduling(job("sums"), sensor("files", seconds=600, jobs=()), sensor=unknown)
    (tick,) = await scheduling.ticked("files", 1, SENSOR)
    assert (tick.result, tick.failure.type) == (TICK_RESULT_FAILED, "RUN_REQUEST_INVALID")
    assert "'summs'" in tick.failure.message
    assert (await scheduling.instigator("files", SENSOR)).cursor == ""
    assert await scheduling.runs() == []


@pytest.mark.proves("P12", fault="F16", of="location")
async def test_what_cannot_be_stored_fails_its_tick_and_leaves_others_alone(start_scheduling: StartScheduling) -> None:
    async def lie(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        if request.sensor_name == "honest":
            return EvaluateSensorResponse(cursor="1")
        # An event that says it is of a run: those come from workers alone.
        event = Event(run_id="somebody's", asset_materialized=AssetMaterialized(asset_key=AssetKey(path=["orders"])))
        return EvaluateSensorResponse(cursor="beyond", asset_events=[event])

    sensors = [sensor("lying", seconds=600), sensor("honest", seconds=600)]
    scheduling = await start_scheduling(job("sums"), *sensors, sensor=lie)
    (tick,) = await scheduling.ticked("lying", 1, SENSOR)
    assert (tick.result, tick.failure.type) == (TICK_RESULT_FAILED, "ANSWER_INVALID")
    assert "must be empty" in tick.failure.message
    assert (await scheduling.instigator("lying", SENSOR)).cursor == ""
    (fine,) = await scheduling.ticked("honest", 1, SENSOR)
    assert fine.cursor == "1"


async def test_a_schedule_that_is_removed_while_it_decides_still_commits_its_tick_and_has_no_other(
    start_scheduling: StartScheduling,
) -> None:
    asking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        asking.set()
        await go_on.wait()
        return EvaluateScheduleResponse(run_requests=[RunRequest()])

    scheduling = await start_scheduling(job("sums"), schedule("old"), schedule=slow)
    await scheduling.noon("old")
    await asyncio.wait_for(asking.wait(), 30)
    scheduling.location.change([job("sums"), schedule("renamed")])
    await scheduling.known("renamed")
    go_on.set()
    (tick,) = await scheduling.ticked("old")
    assert tick.result == TICK_RESULT_SUCCEEDED
    scheduling.set(NOON + timedelta(minutes=1))
    (other,) = await scheduling.ticked("renamed")
    assert other.due_time.seconds - tick.due_time.seconds == 60
    assert len(await scheduling.ticks("old")) == 1


async def test_a_schedule_whose_job_is_gone_fails_its_tick(start_scheduling: StartScheduling) -> None:
    fixed = schedule("fixed")
    fixed.schedule.fixed_request.job_name = "gone"
    scheduling = await start_scheduling(job("sums"), fixed)
    await scheduling.noon("fixed")
    (tick,) = await scheduling.ticked("fixed")
    assert (tick.result, tick.failure.type) == (TICK_RESULT_FAILED, "RUN_REQUEST_INVALID")


async def test_nobody_is_asked_for_a_schedule_without_code(start_scheduling: StartScheduling) -> None:
    async def refuse(request: EvaluateScheduleRequest) -> EvaluateScheduleResponse:
        raise AssertionError("asked")

    names = [f"fixed_{number}" for number in range(30)]
    definitions = [schedule(name) for name in names]
    for each in definitions:
        each.schedule.fixed_request.job_name = "sums"
        each.schedule.fixed_request.tags.add(key="from", value=each.schedule.name)
    scheduling = await start_scheduling(job("sums"), *definitions, schedule=refuse)
    await scheduling.noon(*names)

    async def look() -> bool:
        return len(await scheduling.runs()) == len(names)

    await wait_until_async(look, 15, "every schedule having its run")
    assert {tick.result for tick in await scheduling.ticks()} == {TICK_RESULT_SUCCEEDED}
    runs = {
        run.origin.schedule_name: {tag.key: tag.value for tag in run.tags}["from"] for run in await scheduling.runs()
    }
    assert runs == {name: name for name in names}
