"""Keys of dynamic partitions: in order, once each, changed all or nothing, and with the tick that asks for it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

from headrace.api.storage.v1.partition_store_service_pb2 import (
    ChangeDynamicPartitionsRequest,
    ListDynamicPartitionsRequest,
)
from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event
from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange, InstigatorKind, InstigatorRef, Tick
from headrace.errors import CursorMismatchError, InvalidArgumentError, StaleEtagError
from rig.storage import StorageClient, new_id, refused


async def change(storage: StorageClient, *added: str, name: str = "customers", deleted: tuple[str, ...] = ()) -> None:
    wanted = DynamicPartitionsChange(partitions_name=name, added_keys=added, deleted_keys=deleted)
    await storage.partitions.ChangeDynamicPartitions(
        ChangeDynamicPartitionsRequest(request_id=new_id(), changes=[wanted])
    )


async def keys(storage: StorageClient, *among: str, name: str = "customers", size: int = 2) -> list[str]:
    request = ListDynamicPartitionsRequest(name=name, partition_keys=among, page_size=size)
    found: list[str] = []
    while True:
        page = await storage.partitions.ListDynamicPartitions(request)
        found += page.partition_keys
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_keys_come_in_the_order_in_which_they_were_added(storage: StorageClient) -> None:
    await change(storage, "b", "a", "b", "c")
    await change(storage, "a", "d")
    await change(storage, "z", name="others")
    assert await keys(storage) == ["b", "a", "c", "d"]
    await change(storage, "e", deleted=("a", "nobody"))
    await change(storage, "a")
    assert await keys(storage) == ["b", "c", "d", "e", "a"]
    assert await keys(storage, "a", "z", "b") == ["b", "a"]
    assert await keys(storage, name="unknown") == []


async def test_a_page_is_of_the_list_it_was_asked_of(storage: StorageClient) -> None:
    await change(storage, "a", "b", "c")
    page = await storage.partitions.ListDynamicPartitions(ListDynamicPartitionsRequest(name="customers", page_size=1))
    with refused(CursorMismatchError):
        await storage.partitions.ListDynamicPartitions(
            ListDynamicPartitionsRequest(name="others", page_token=page.next_page_token)
        )


async def test_keys_that_are_added_at_once_by_many_are_there_once(storage: StorageClient) -> None:
    await asyncio.gather(*(change(storage, *order) for order in ["abc", "cba", "bca"] * 4))
    assert sorted(await keys(storage, size=10)) == ["a", "b", "c"]


async def test_what_has_no_name_is_refused(storage: StorageClient) -> None:
    for name, key in (("", "a"), ("customers", "")):
        with refused(InvalidArgumentError):
            await change(storage, key, name=name)
    assert await keys(storage) == []


def tick(etag: str = "", minute: int = 0, **fields: Any) -> CommitTickRequest:
    ref = InstigatorRef(location_name="etl", kind=InstigatorKind.INSTIGATOR_KIND_SENSOR, name="new_customers")
    made = Tick(ref=ref, result=2)
    made.due_time.FromDatetime(datetime(2026, 3, 29, 12, minute, tzinfo=timezone.utc))
    return CommitTickRequest(request_id=new_id(), tick=made, etag=etag, **fields)


async def test_a_tick_commits_with_its_partitions_and_its_events_or_not_at_all(storage: StorageClient) -> None:
    wanted = DynamicPartitionsChange(partitions_name="customers", added_keys=["anna"])
    made = Event(asset_materialized=AssetMaterialized(asset_key=AssetKey(path=["a"])))
    first = tick(partition_changes=[wanted], asset_events=[made])
    await storage.ticks.CommitTick(first)
    await storage.ticks.CommitTick(first)
    assert await keys(storage) == ["anna"]
    assert len(await storage.events_of("", asset_keys=[AssetKey(path=["a"])])) == 1

    late = DynamicPartitionsChange(partitions_name="customers", added_keys=["bert"])
    with refused(StaleEtagError):
        await storage.ticks.CommitTick(tick("stale", 1, partition_changes=[late]))
    assert await keys(storage) == ["anna"]
