"""What runs were to make of all assets, in one list."""

from __future__ import annotations

from headrace.api.storage.v1.asset_index_service_pb2 import ListAttemptsRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import Event, PlannedAsset, RunPlanned
from rig.storage import FAILED, StorageClient, materialization


def plan(*names: str, days: tuple[str, str] = ("", "")) -> Event:
    first, last = days
    assets = [
        PlannedAsset(asset_key=AssetKey(path=[name]), first_partition_key=first, last_partition_key=last)
        for name in names
    ]
    return Event(run_planned=RunPlanned(assets=assets))


async def attempts(storage: StorageClient, page_size: int = 2) -> list[tuple[str, str, bool]]:
    request = ListAttemptsRequest(page_size=page_size)
    found: list[tuple[str, str, bool]] = []
    while True:
        page = await storage.assets.ListAttempts(request)
        found += [
            ("/".join(each.asset_key.path), each.attempt.first_partition_key, each.attempt.failed)
            for each in page.attempts
        ]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_what_is_in_progress_is_listed_page_by_page_until_it_is_made(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(plan("a", "b", "c")))
    assert await attempts(storage) == [("a", "", False), ("b", "", False), ("c", "", False)]
    await storage.events.AppendEvents(claim.report(materialization("a"), materialization("b")))
    assert [name for name, _, _ in await attempts(storage)] == ["c"]


async def test_what_a_failed_run_left_is_listed_as_failed(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(plan("a", days=("2024-01-01", "2024-01-03"))))
    await storage.finish(claim, FAILED)
    assert await attempts(storage) == [("a", "2024-01-01", True)]
