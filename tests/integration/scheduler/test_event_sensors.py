"""Sensors that are woken by events: each change of a run is told once, an asset's materialization at once."""

from __future__ import annotations

import asyncio

import pytest

from headrace.api.codeloc.v1.code_location_service_pb2 import EvaluateSensorRequest, EvaluateSensorResponse
from headrace.api.storage.v1.tick_store_service_pb2 import SetInstigatorStateRequest
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_STATE_RUNNING,
    INSTIGATOR_STATE_STOPPED,
    TICK_RESULT_FAILED,
    RunRequest,
)
from headrace.api.types.v1.run_pb2 import RUN_STATE_QUEUED
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_RUN_STATE
from headrace_services.kit.config.model import SchedulerConfig
from rig.scheduling import SENSOR, Scheduling, StartScheduling, job, sensor
from rig.waiting import wait_until_async

ON_QUEUED = {"kind": SENSOR_KIND_RUN_STATE, "watched_state": RUN_STATE_QUEUED, "watched_job_names": ["sums"]}


class Asked:
    """What a sensor was asked about, in order."""

    def __init__(self) -> None:
        self.run_ids: list[str] = []

    async def skip(self, request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        self.run_ids.append(request.run.run_id)
        assert request.run_event.run_state_changed.state == request.run.state == RUN_STATE_QUEUED
        return EvaluateSensorResponse(skip_message="seen")

    async def all_of(self, run_ids: list[str]) -> None:
        async def look() -> bool:
            return len(self.run_ids) >= len(run_ids)

        await wait_until_async(look, 15, "the sensor being asked about every run")
        assert self.run_ids == run_ids


async def submit(scheduling: Scheduling, count: int, job_name: str = "sums") -> list[str]:
    return [(await scheduling.plane.submit(location_name="scripted", job_name=job_name)).run_id for _ in range(count)]


async def ready(scheduling: Scheduling, name: str = "watcher") -> None:
    """Waits until storage keeps a place in the feed: from then on nothing is too early."""

    async def look() -> bool:
        return bool((await scheduling.instigator(name, SENSOR)).active_since_time.seconds)

    await wait_until_async(look, what="the sensor being on")


async def test_a_sensor_is_asked_about_each_run_in_the_order_of_events(start_scheduling: StartScheduling) -> None:
    asked = Asked()
    definitions = [job("sums"), job("other"), sensor("watcher", **ON_QUEUED)]
    scheduling = await start_scheduling(*definitions, sensor=asked.skip)
    await ready(scheduling)
    first = await submit(scheduling, 2)
    await submit(scheduling, 1, "other")
    rest = await submit(scheduling, 3)
    await asked.all_of(first + rest)
    ticks = await scheduling.ticked("watcher", 5, SENSOR)
    assert len({tick.cursor for tick in ticks}) == 5


async def test_what_it_asks_for_is_made_with_its_tick(start_scheduling: StartScheduling) -> None:
    async def ask(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        return EvaluateSensorResponse(run_requests=[RunRequest(job_name="other", run_key=request.run.run_id)])

    definitions = [job("sums"), job("other"), sensor("watcher", jobs=("other",), **ON_QUEUED)]
    scheduling = await start_scheduling(*definitions, sensor=ask)
    await ready(scheduling)
    (watched,) = await submit(scheduling, 1)
    (tick,) = await scheduling.ticked("watcher", 1, SENSOR)
    (made,) = [run for run in await scheduling.runs() if run.job_name == "other"]
    assert list(tick.run_ids) == [made.run_id]
    assert (made.origin.sensor_name, made.origin.run_key) == ("watcher", watched)


@pytest.mark.proves("P8", fault="F3", of="scheduler")
async def test_a_run_that_changed_while_no_scheduler_was_there_is_told_by_the_next_once(
    start_scheduling: StartScheduling,
) -> None:
    asked = Asked()
    scheduling = await start_scheduling(job("sums"), sensor("watcher", **ON_QUEUED), sensor=asked.skip)
    await ready(scheduling)
    first = await submit(scheduling, 1)
    await asked.all_of(first)
    await scheduling.ticked("watcher", 1, SENSOR)
    (scheduler,) = [each for each in scheduling.plane.app.services if each.name == "scheduler"]
    await scheduler.stop()
    missed = await submit(scheduling, 3)
    await scheduling.another_scheduler()
    await asked.all_of(first + missed)
    await scheduling.ticked("watcher", 4, SENSOR)


@pytest.mark.proves("P8", fault="F7", of="scheduler")
async def test_two_schedulers_ask_about_each_run_once(start_scheduling: StartScheduling) -> None:
    asked = Asked()
    scheduling = await start_scheduling(job("sums"), sensor("watcher", **ON_QUEUED), sensor=asked.skip)
    await scheduling.another_scheduler()
    await ready(scheduling)
    runs = []
    for _ in range(5):
        runs += await submit(scheduling, 4)
        await asyncio.sleep(0.3)
    await scheduling.ticked("watcher", 20, SENSOR)
    await asyncio.sleep(2.5)
    assert len(await scheduling.ticks("watcher", SENSOR)) == 20
    # Now and then both ask, and one of them commits.
    assert list(dict.fromkeys(asked.run_ids)) == runs


async def test_what_happens_while_it_is_off_is_not_told(start_scheduling: StartScheduling) -> None:
    asked = Asked()
    scheduling = await start_scheduling(job("sums"), sensor("watcher", **ON_QUEUED), sensor=asked.skip)
    await ready(scheduling)
    first = await submit(scheduling, 1)
    await scheduling.ticked("watcher", 1, SENSOR)
    await scheduling.switch("watcher", INSTIGATOR_STATE_STOPPED, SENSOR)
    await submit(scheduling, 2)
    await scheduling.switch("watcher", INSTIGATOR_STATE_RUNNING, SENSOR)
    last = await submit(scheduling, 1)
    # A scheduler that has not heard yet may ask, and what it is answered does not count.
    assert len(await scheduling.ticked("watcher", 2, SENSOR)) == 2
    assert (asked.run_ids[0], asked.run_ids[-1]) == (first[0], last[0])


async def test_a_sensor_that_is_new_begins_now_and_not_with_what_happened_before(
    start_scheduling: StartScheduling,
) -> None:
    asked = Asked()
    scheduling = await start_scheduling(job("sums"), sensor("other", **ON_QUEUED), sensor=asked.skip)
    await ready(scheduling, "other")
    await submit(scheduling, 3)
    await scheduling.ticked("other", 3, SENSOR)
    asked.run_ids.clear()
    scheduling.location.change([job("sums"), sensor("watcher", **ON_QUEUED)])
    await ready(scheduling)
    await asked.all_of(await submit(scheduling, 2))
    await scheduling.ticked("watcher", 2, SENSOR)


async def test_code_that_fails_is_told_again_as_often_as_configured_and_then_no_more(
    start_scheduling: StartScheduling,
) -> None:
    asked: list[str] = []

    async def fail(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        asked.append(request.run.run_id)
        return EvaluateSensorResponse(failure=Failure(type="KeyError", message="no such table"))

    scheduling = await start_scheduling(
        job("sums"), sensor("watcher", **ON_QUEUED), sensor=fail, scheduler=SchedulerConfig(max_tick_retries=1)
    )
    await ready(scheduling)
    one, two = await submit(scheduling, 2)
    ticks = await scheduling.ticked("watcher", 2, SENSOR)
    assert [tick.result for tick in ticks] == [TICK_RESULT_FAILED] * 2
    assert asked == [one, one, two, two]


async def test_a_cursor_that_was_set_to_nonsense_or_taken_away_repeats_nothing(
    start_scheduling: StartScheduling,
) -> None:
    asked = Asked()
    scheduling = await start_scheduling(job("sums"), sensor("watcher", **ON_QUEUED), sensor=asked.skip)
    await ready(scheduling)
    runs = await submit(scheduling, 1)
    await scheduling.ticked("watcher", 1, SENSOR)
    for number, cursor in enumerate(("nonsense", ""), 2):
        await scheduling.store.SetInstigatorState(
            SetInstigatorStateRequest(
                request_id=scheduling.plane.ids.uuid7(),
                ref=scheduling.ref("watcher", SENSOR),
                keep_state=True,
                cursor=cursor,
            )
        )
        runs += await submit(scheduling, 1)
        await scheduling.ticked("watcher", number, SENSOR)
    assert asked.run_ids == runs
