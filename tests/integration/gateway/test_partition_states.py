"""States of partitions as the gateway tells them: ranges that follow what is stored, whatever was asked before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

import headrace as dg
from headrace.api.storage.v1.asset_index_service_pb2 import WipeAssetRequest
from headrace.api.storage.v1.partition_store_service_pb2 import ChangeDynamicPartitionsRequest
from headrace.api.types.v1 import asset_pb2
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import Event, PlannedAsset, RunPlanned
from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange
from headrace.api.types.v1.partition_pb2 import PartitionsDefinition
from headrace.ids import RandomIds
from headrace.wire.partitions import to_partitions
from headrace_services.gateway.partition_states import PartitionStates
from headrace_services.gateway.stale_partitions import stale_partitions
from headrace_services.storage.store.opening import open_sqlite
from rig.storage import FAILED, SUCCEEDED, StorageClient, materialization, new_id, running_storage

DAYS = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-02-01")
KEY = ("a",)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[StorageClient]:
    path = tmp_path / "headrace.db"
    async with running_storage(lambda clock: open_sqlite(path, clock, RandomIds())) as service:
        yield service.client


def written(partitions_def: dg.PartitionsDefinition) -> PartitionsDefinition:
    message = to_partitions(partitions_def)
    assert message is not None
    return message


def day(number: int) -> str:
    return f"2024-01-{number:02}"


def made(*days: int) -> list[Event]:
    return [materialization("a", partition_key=day(number)) for number in days]


def plan(first: int, last: int) -> Event:
    asset = PlannedAsset(asset_key=AssetKey(path=KEY), first_partition_key=day(first), last_partition_key=day(last))
    return Event(run_planned=RunPlanned(assets=[asset]))


async def told(states: PartitionStates, partitions_def: dg.PartitionsDefinition = DAYS) -> tuple[Any, Any, Any]:
    known = await states.of(KEY, written(partitions_def))
    every = (known.materialized, known.in_progress, known.failed)
    shown = [[f"{a[8:]}-{b[8:]}" for a, b in subset.get_partition_key_ranges()] for subset in every]
    return shown[0], shown[1], shown[2]


async def test_what_is_told_follows_what_is_stored(storage: StorageClient) -> None:
    states = PartitionStates(cast("Any", storage))
    assert await told(states) == ([], [], [])
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(plan(1, 9), *made(1, 2)))
    assert await told(states) == (["01-02"], ["03-09"], [])
    await storage.events.AppendEvents(claim.report(*made(5)))
    assert await told(states) == (["01-02", "05-05"], ["03-04", "06-09"], [])
    await storage.finish(claim, FAILED)
    assert await told(states) == (["01-02", "05-05"], [], ["03-04", "06-09"])
    again = await storage.start_run()
    await storage.events.AppendEvents(again.report(plan(3, 7), *made(3, 4, 6)))
    assert await told(states) == (["01-06"], ["05-05", "07-07"], ["08-09"])
    await storage.finish(again, SUCCEEDED)
    assert await told(states) == (["01-06"], [], ["07-09"])
    assert await told(PartitionStates(cast("Any", storage))) == await told(states)


async def test_what_was_forgotten_is_not_told_any_more(storage: StorageClient) -> None:
    states = PartitionStates(cast("Any", storage))
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(*made(1, 2, 3)))
    assert await told(states) == (["01-03"], [], [])
    wipe = WipeAssetRequest(request_id=new_id(), asset_key=AssetKey(path=KEY), partition_keys=[day(2)])
    await storage.assets.WipeAsset(wipe)
    assert await told(states) == (["01-01", "03-03"], [], [])


async def test_keys_that_a_newer_definition_does_not_have_are_left_out(storage: StorageClient) -> None:
    states = PartitionStates(cast("Any", storage))
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(*made(1, 2, 20), materialization("a", partition_key="old")))
    assert await told(states) == (["01-02", "20-20"], [], [])
    shorter = dg.DailyPartitionsDefinition("2024-01-02", end_date="2024-01-10")
    assert await told(states, shorter) == (["02-02"], [], [])


async def test_dynamic_keys_are_those_that_there_are_now(storage: StorageClient) -> None:
    states = PartitionStates(cast("Any", storage))
    customers = written(dg.DynamicPartitionsDefinition(name="customers"))
    change = DynamicPartitionsChange(partitions_name="customers", added_keys=["anna", "bert"])
    await storage.partitions.ChangeDynamicPartitions(
        ChangeDynamicPartitionsRequest(request_id=new_id(), changes=[change])
    )
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(materialization("a", partition_key="bert")))
    known = await states.of(KEY, customers)
    assert (known.partition_count, list(known.materialized)) == (2, ["bert"])


def asset(
    name: str, partitions_def: dg.PartitionsDefinition | None = None, *above: str
) -> tuple[str, asset_pb2.AssetDefinition]:
    dependencies = [asset_pb2.AssetDependency(asset_key=AssetKey(path=[each])) for each in above]
    partitions = None if partitions_def is None else written(partitions_def)
    key = AssetKey(path=[name])
    return "here", asset_pb2.AssetDefinition(asset_key=key, partitions=partitions, dependencies=dependencies)


async def test_a_partition_is_stale_when_one_that_it_is_made_from_is_newer(storage: StorageClient) -> None:
    weeks = dg.WeeklyPartitionsDefinition("2024-01-07", end_date="2024-02-04")
    defined = {
        ("daily",): asset("daily", DAYS),
        ("plain",): asset("plain"),
        ("copy",): asset("copy", DAYS, "daily"),
        ("weekly",): asset("weekly", weeks, "daily"),
        ("both",): asset("both", DAYS, "daily", "plain"),
        ("elsewhere",): asset("elsewhere", DAYS, "unknown"),
    }
    backends = cast("Any", storage)
    states = PartitionStates(backends)
    claim = await storage.start_run()

    async def make(name: str, *partition_keys: str) -> None:
        events = [materialization(name, partition_key=key) for key in partition_keys or ("",)]
        await storage.events.AppendEvents(claim.report(*events))

    async def stale(name: str) -> list[str]:
        found = await stale_partitions(defined[name,][1], defined, backends, states)
        return sorted(found.get_partition_keys())

    await make("daily", day(8), day(9), day(15))
    await make("plain")
    for name in ("copy", "both", "elsewhere"):
        await make(name, day(8), day(9))
    await make("weekly", day(7), day(14))
    assert [await stale(name) for name in ("copy", "weekly", "both", "elsewhere")] == [[], [], [], []]
    await make("daily", day(9), day(15), day(20))
    assert await stale("copy") == [day(9)]
    assert await stale("weekly") == [day(7), day(14)]
    assert await stale("both") == [day(9)]
    await make("weekly", day(7))
    assert await stale("weekly") == [day(14)]
    await make("plain")
    assert await stale("both") == [day(8), day(9)]
    assert await stale("elsewhere") == []
