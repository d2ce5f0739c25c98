"""Sensors of automation conditions: what a location is told, when, and that each thing that happens counts once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
import pytest

from headrace.api.codeloc.v1.code_location_service_pb2 import EvaluateSensorRequest, EvaluateSensorResponse
from headrace.api.scheduler.v1.scheduler_service_pb2 import EvaluateNowRequest
from headrace.api.storage.v1.asset_index_service_pb2 import ReportAssetEventsRequest, WipeAssetRequest
from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceStub
from headrace.api.storage.v1.backfill_store_service_pb2 import CancelBackfillRequest, CreateBackfillRequest
from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceStub
from headrace.api.storage.v1.tick_store_service_pb2 import SetInstigatorStateRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.asset_pb2 import AssetDefinition
from headrace.api.types.v1.automation_state_pb2 import AutomationState, PartitionSubset
from headrace.api.types.v1.backfill_pb2 import Backfill, BackfillTarget
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_USER_CODE, Failure
from headrace.api.types.v1.instigator_pb2 import TICK_RESULT_FAILED, TICK_RESULT_SUCCEEDED, RunRequest
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.partition_pb2 import PartitionRange, PartitionsDefinition, StaticPartitions
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_AUTOMATION
from headrace_services.kit.config.model import AutoMaterialize
from rig.scheduling import SENSOR, Scheduling, StartScheduling, job, sensor
from rig.waiting import wait_until_async

AUTOMATION = {"kind": SENSOR_KIND_AUTOMATION}
Answer = Callable[[EvaluateSensorRequest], Awaitable[EvaluateSensorResponse]]


def asset(name: str, *partitions: str) -> Definition:
    definition = AssetDefinition(asset_key=AssetKey(path=[name]), executable=True)
    if partitions:
        definition.partitions.CopyFrom(PartitionsDefinition(static=StaticPartitions(partition_keys=partitions)))
    return Definition(asset=definition)


@dataclass
class Conditions:
    """Asks for a run whenever something has happened to an asset, and remembers what it was told."""

    told: list[AutomationState] = field(default_factory=list)
    watched: tuple[str, ...] = ()
    again: timedelta | None = None

    async def __call__(self, request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        state = request.automation_state
        self.told.append(state)
        happened = sum(len(each.updates) for each in state.entities)
        answer = EvaluateSensorResponse(
            run_requests=[RunRequest()] if happened else [],
            cursor=str(int(request.cursor or 0) + happened),
            watched_assets=[AssetKey(path=[name]) for name in self.watched],
            watches_all_assets=not self.watched,
        )
        if self.again is not None:
            answer.next_evaluation_time.FromDatetime(request.evaluation_time.ToDatetime() + self.again)
        return answer


async def start(start_scheduling: StartScheduling, answer: Answer, *definitions: Definition) -> Scheduling:
    automation = sensor("conditions", kind=SENSOR_KIND_AUTOMATION)
    scheduling = await start_scheduling(job("sums"), automation, *definitions, sensor=answer)
    await scheduling.ticked("conditions", kind=SENSOR)
    return scheduling


async def report(scheduling: Scheduling, *names: str, partition: str = "", version: str = "") -> None:
    """Says from outside of any run that assets were made."""
    tags = [Tag(key="headrace/data_version", value=version)] if version else []
    events = [
        Event(asset_materialized=AssetMaterialized(asset_key=AssetKey(path=[name]), partition_key=partition, tags=tags))
        for name in names
    ]
    for event in events:
        event.event_time.FromDatetime(scheduling.clock.now())
    assets = scheduling.plane.stub(AssetIndexServiceStub, "storage")
    await assets.ReportAssetEvents(ReportAssetEventsRequest(request_id=scheduling.plane.ids.uuid7(), events=events))


async def left(scheduling: Scheduling) -> str:
    """What the location left in the cursor."""
    return (await scheduling.instigator("conditions", SENSOR)).cursor.partition("|")[2]


async def counted(scheduling: Scheduling, count: int) -> None:
    """Waits until so many things have counted."""

    async def look() -> bool:
        return await left(scheduling) == str(count)

    await wait_until_async(look, 15, f"{count} updates being counted")


async def test_a_location_is_told_what_was_made_and_what_is_new(start_scheduling: StartScheduling) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("orders"), asset("regions", "n", "s", "w"))
    assert conditions.told[0].everything and not conditions.told[0].entities
    await report(scheduling, "orders", version="7")
    await counted(scheduling, 1)
    await report(scheduling, "regions", partition="n")
    await report(scheduling, "regions", partition="s")
    await counted(scheduling, 3)
    told = {each.asset_key.path[0]: each for each in conditions.told[-1].entities}
    assert told["orders"].made.whole and not told["orders"].updates
    assert told["orders"].latest_update.data_version == "7"
    assert list(told["regions"].made.ranges) == [PartitionRange(first_key="n", last_key="s")]
    assert told["regions"].changed and not told["orders"].changed
    assert not conditions.told[-1].everything


async def test_the_runs_of_a_tick_are_told_as_in_progress(start_scheduling: StartScheduling) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("orders"))
    conditions.told.clear()

    async def ask_for_orders(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        answer = await conditions(request)
        for each in answer.run_requests:
            each.asset_selection.append(AssetKey(path=["orders"]))
        return answer

    scheduling.location.sensor = ask_for_orders
    await report(scheduling, "orders")

    async def look() -> bool:
        return any(each.running.whole for state in conditions.told for each in state.entities)

    await wait_until_async(look, 10, "the run being told")


async def test_each_update_counts_once_though_replicas_compete_and_leave(start_scheduling: StartScheduling) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("orders"))
    await scheduling.another_scheduler()
    await scheduling.another_scheduler()
    for _ in range(10):
        await report(scheduling, "orders")
    await counted(scheduling, 10)
    gone = scheduling.others.pop()
    await gone.app.stop()
    for _ in range(5):
        await report(scheduling, "orders")
    await counted(scheduling, 15)
    succeeded = [tick for tick in await scheduling.ticks("conditions", SENSOR) if tick.result == TICK_RESULT_SUCCEEDED]
    assert len(await scheduling.runs()) == len(succeeded) <= 15


async def test_nothing_is_lost_while_the_location_is_away_or_fails(start_scheduling: StartScheduling) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("orders"))
    problems: list[Any] = [
        grpc.StatusCode.UNAVAILABLE,
        Failure(type="ValueError", message="no", origin=FAILURE_ORIGIN_USER_CODE),
    ]

    async def fail_first(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        problem = problems.pop(0) if problems else None
        if isinstance(problem, Failure):
            return EvaluateSensorResponse(failure=problem)
        if problem is not None:
            raise ConnectionError("away")
        return await conditions(request)

    scheduling.location.sensor = fail_first
    await report(scheduling, "orders")
    await counted(scheduling, 1)
    assert TICK_RESULT_FAILED in {tick.result for tick in await scheduling.ticks("conditions", SENSOR)}


async def test_what_happens_to_other_assets_asks_nobody(start_scheduling: StartScheduling) -> None:
    conditions = Conditions(watched=("orders",))
    scheduling = await start(start_scheduling, conditions, asset("orders"), asset("other"))
    asked = len(conditions.told)
    await report(scheduling, "other")
    await report(scheduling, "orders")
    await counted(scheduling, 1)
    assert len(conditions.told) == asked + 1


async def test_the_moment_that_a_location_names_is_kept(start_scheduling: StartScheduling) -> None:
    conditions = Conditions(again=timedelta(minutes=5))
    scheduling = await start(start_scheduling, conditions, asset("orders"))
    scheduling.set(scheduling.clock.now() + timedelta(minutes=4))
    await report(scheduling, "orders")
    await counted(scheduling, 1)
    assert not any(state.everything for state in conditions.told[1:])
    asked = len(conditions.told)
    scheduling.set(scheduling.clock.now() + timedelta(minutes=5, seconds=1))

    async def look() -> bool:
        return len(conditions.told) > asked

    await wait_until_async(look, 10, "the next evaluation")
    assert conditions.told[-1].everything


async def test_a_preview_tells_everything_and_changes_nothing(start_scheduling: StartScheduling) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("orders"))
    await report(scheduling, "orders")
    await counted(scheduling, 1)
    before = await scheduling.instigator("conditions", SENSOR)
    request = EvaluateNowRequest(ref=scheduling.ref("conditions", SENSOR), dry_run=True)
    await scheduling.scheduler.EvaluateNow(request)
    assert conditions.told[-1].explain and conditions.told[-1].everything
    assert await scheduling.instigator("conditions", SENSOR) == before


@pytest.mark.parametrize("cursor", ["", "anything"])
async def test_a_cursor_that_a_user_sets_begins_anew(start_scheduling: StartScheduling, cursor: str) -> None:
    seen: list[str] = []

    async def remember(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        seen.append(request.cursor)
        return EvaluateSensorResponse(cursor="left", watches_all_assets=True)

    scheduling = await start(start_scheduling, remember, asset("orders"))
    request = SetInstigatorStateRequest(
        request_id=scheduling.plane.ids.uuid7(), ref=scheduling.ref("conditions", SENSOR), cursor=cursor
    )
    await scheduling.store.SetInstigatorState(request)
    await report(scheduling, "orders")

    async def look() -> bool:
        return len(seen) > 1

    await wait_until_async(look, 10, "another evaluation")
    assert seen[1] == cursor


async def test_runs_of_conditions_carry_the_tags_that_the_instance_names(start_scheduling: StartScheduling) -> None:
    settings = AutoMaterialize(run_tags={"team": "data"})
    conditions, definitions = Conditions(), [job("sums"), asset("orders"), sensor("conditions", **AUTOMATION)]
    scheduling = await start_scheduling(*definitions, sensor=conditions, auto_materialize=settings)
    await scheduling.ticked("conditions", kind=SENSOR)
    await report(scheduling, "orders")
    await counted(scheduling, 1)
    (run,) = await scheduling.runs()
    assert Tag(key="team", value="data") in run.tags


async def test_conditions_that_the_instance_switches_off_are_not_evaluated(start_scheduling: StartScheduling) -> None:
    asked: list[str] = []

    async def remember(request: EvaluateSensorRequest) -> EvaluateSensorResponse:
        asked.append(request.sensor_name)
        return EvaluateSensorResponse(skip_message="seen")

    definitions = [job("sums"), asset("orders"), sensor("conditions", **AUTOMATION), sensor("files", seconds=1)]
    settings = AutoMaterialize(enabled=False)
    scheduling = await start_scheduling(*definitions, sensor=remember, auto_materialize=settings)
    await scheduling.ticked("files", 1, SENSOR)
    await report(scheduling, "orders")
    await scheduling.ticked("files", 3, SENSOR)
    assert set(asked) == {"files"}


async def test_an_asset_whose_history_was_forgotten_is_missing_again(start_scheduling: StartScheduling) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("orders"), asset("regions", "n", "s"))
    await report(scheduling, "orders")
    for partition in ("n", "s"):
        await report(scheduling, "regions", partition=partition)
    await counted(scheduling, 3)
    assets = scheduling.plane.stub(AssetIndexServiceStub, "storage")
    for name, partitions in (("orders", []), ("regions", ["s"])):
        key = AssetKey(path=[name])
        request = WipeAssetRequest(request_id=scheduling.plane.ids.uuid7(), asset_key=key, partition_keys=partitions)
        await assets.WipeAsset(request)

    async def told() -> bool:
        known = {each.asset_key.path[0]: each.made for state in conditions.told[-1:] for each in state.entities}
        gone = "orders" not in known or not known["orders"].whole
        return gone and "regions" in known and [each.last_key for each in known["regions"].ranges] == ["n"]

    await wait_until_async(told, 10, "the conditions being told")


async def test_a_backfill_is_told_of_when_it_begins_and_ends_although_no_run_has(
    start_scheduling: StartScheduling,
) -> None:
    conditions = Conditions()
    scheduling = await start(start_scheduling, conditions, asset("regions", "n", "s"))
    backfills = scheduling.plane.stub(BackfillStoreServiceStub, "storage")

    def backfilling(*keys: str) -> Callable[[], Awaitable[bool]]:
        async def told() -> bool:
            known = [each for each in conditions.told[-1].entities if each.asset_key.path[0] == "regions"]
            return [key for each in known for key in _keys(each.backfilling)] == list(keys)

        return told

    wanted = BackfillTarget(asset_key=AssetKey(path=["regions"]), subset=PartitionSubset(partition_keys=["s"]))
    backfill = Backfill(backfill_id=scheduling.plane.ids.uuid7(), location_name="scripted", targets=[wanted])
    create = CreateBackfillRequest(request_id=scheduling.plane.ids.uuid7(), backfill=backfill)
    await backfills.CreateBackfill(create)
    await wait_until_async(backfilling("s"), 15, "the backfill being told of")
    cancel = CancelBackfillRequest(request_id=scheduling.plane.ids.uuid7(), backfill_id=backfill.backfill_id)
    await backfills.CancelBackfill(cancel)
    await wait_until_async(backfilling(), 15, "its end being told of")


def _keys(subset: PartitionSubset) -> list[str]:
    assert all(each.first_key == each.last_key for each in subset.ranges)
    return [*(each.first_key for each in subset.ranges), *subset.partition_keys]
