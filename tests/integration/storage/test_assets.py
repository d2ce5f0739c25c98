"""What is known of assets: projections of events that outlive their runs."""

from __future__ import annotations

import asyncio
from typing import Any

from headrace.api.storage.v1.asset_index_service_pb2 import (
    GetAssetRequest,
    ListAssetsRequest,
    ListMaterializationsRequest,
)
from headrace.api.storage.v1.run_store_service_pb2 import DeleteRunRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.asset_pb2 import Asset
from headrace.errors import AssetNotFoundError, CursorMismatchError, InvalidArgumentError
from rig.storage import StorageClient, materialization, new_id, refused


async def get_asset(storage: StorageClient, *path: str) -> Asset:
    return (await storage.assets.GetAsset(GetAssetRequest(asset_key=AssetKey(path=path)))).asset


async def history(storage: StorageClient, *path: str, size: int = 2, **fields: Any) -> list[tuple[str, int]]:
    request = ListMaterializationsRequest(asset_key=AssetKey(path=path), page_size=size, **fields)
    found: list[tuple[str, int]] = []
    while True:
        page = await storage.assets.ListMaterializations(request)
        found += [(event.run_id, event.sequence) for event in page.events]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_an_asset_shows_its_latest_materialization_and_how_many_there_were(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(materialization("a"), "between", materialization("a")))
    await storage.finish(claim, batch=2, events=[materialization("a"), materialization("b")])
    asset = await get_asset(storage, "a")
    assert asset.materialization_count == 3
    assert (asset.latest_materialization.run_id, asset.latest_materialization.sequence) == (claim.run_id, 7)
    assert (await get_asset(storage, "b")).materialization_count == 1
    with refused(AssetNotFoundError):
        await get_asset(storage, "c")
    with refused(InvalidArgumentError):
        await get_asset(storage)


async def test_materializations_that_race_are_all_counted(storage: StorageClient) -> None:
    claims = [await storage.start_run() for _ in range(6)]
    await asyncio.gather(
        *(
            storage.events.AppendEvents(claim.report(*(materialization(name) for name in order)))
            for claim, order in zip(claims, ["ab", "ba"] * 3, strict=True)
        )
    )
    assert [(await get_asset(storage, name)).materialization_count for name in "ab"] == [6, 6]


async def test_a_batch_that_is_repeated_counts_once(storage: StorageClient) -> None:
    claim = await storage.start_run()
    request = claim.report(materialization("a"))
    for _ in range(2):
        await storage.events.AppendEvents(request)
    assert (await get_asset(storage, "a")).materialization_count == 1


async def test_assets_are_listed_by_key_in_pages_and_below_a_prefix(storage: StorageClient) -> None:
    claim = await storage.start_run()
    paths = [("b",), ("a", "y"), ("a", "x"), ("a",), ("a!",), ("a0",), ("ab", "x"), ("ä",)]
    await storage.events.AppendEvents(claim.report(*(materialization(*path) for path in paths)))

    async def listed(*prefix: str) -> list[str]:
        request = ListAssetsRequest(page_size=2, prefix=AssetKey(path=prefix))
        found: list[str] = []
        while True:
            page = await storage.assets.ListAssets(request)
            found += ["/".join(asset.asset_key.path) for asset in page.assets]
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    assert await listed() == ["a", "a!", "a/x", "a/y", "a0", "ab/x", "b", "ä"]
    assert await listed("a") == ["a", "a/x", "a/y"]
    assert await listed("a", "x") == ["a/x"]


async def test_the_history_of_an_asset_is_newest_first_and_by_partition(storage: StorageClient) -> None:
    claim = await storage.start_run()
    days = ["mon", "tue", "", "mon"]
    await storage.events.AppendEvents(claim.report(*(materialization("a", partition_key=day) for day in days)))
    assert await history(storage, "a") == [(claim.run_id, sequence) for sequence in (7, 6, 5, 4)]
    assert await history(storage, "a", partition_key="mon") == [(claim.run_id, 7), (claim.run_id, 4)]
    assert await history(storage, "none") == []
    page = await storage.assets.ListMaterializations(
        ListMaterializationsRequest(asset_key=AssetKey(path=["a"]), page_size=1)
    )
    with refused(CursorMismatchError):
        await history(storage, "b", page_token=page.next_page_token)


async def test_the_history_of_assets_outlives_their_runs(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(materialization("a")))
    await storage.finish(claim)
    await storage.runs.DeleteRun(DeleteRunRequest(request_id=new_id(), run_id=claim.run_id))
    assert (await get_asset(storage, "a")).latest_materialization.sequence == 4
    assert await history(storage, "a") == [(claim.run_id, 4)]
