"""Observations, verdicts and the states of partitions: kept with the events, right after every run."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.api.storage.v1.asset_index_service_pb2 import (
    GetAssetRequest,
    GetPartitionStatesRequest,
    ListAssetEventsRequest,
    ReportAssetEventsRequest,
    WipeAssetRequest,
)
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import (
    AssetCheckEvaluated,
    AssetMaterialized,
    AssetObserved,
    Event,
    PlannedAsset,
    RunPlanned,
)
from headrace.errors import AssetNotFoundError, InvalidArgumentError
from rig.storage import FAILED, SUCCEEDED, StorageClient, materialization, new_id, refused

A = AssetKey(path=["a"])
B = AssetKey(path=["b"])


def observation(key: AssetKey = A, partition: str = "") -> Event:
    return Event(asset_observed=AssetObserved(asset_key=key, partition_key=partition))


def verdict(check: str, passed: bool, key: AssetKey = A) -> Event:
    return Event(asset_check_evaluated=AssetCheckEvaluated(asset_key=key, check_name=check, passed=passed))


def plan(*assets: PlannedAsset) -> Event:
    return Event(run_planned=RunPlanned(assets=assets))


def planned(first: str, last: str = "", key: AssetKey = A) -> PlannedAsset:
    return PlannedAsset(asset_key=key, first_partition_key=first, last_partition_key=last or first)


async def states(
    storage: StorageClient, key: AssetKey = A, **fields: Any
) -> tuple[list[str], list[tuple[str, str, bool]]]:
    request = GetPartitionStatesRequest(asset_key=key, **{"page_size": 2, **fields})
    made: list[str] = []
    attempts: list[tuple[str, str, bool]] = []
    while True:
        page = await storage.assets.GetPartitionStates(request)
        made += [each.partition_key for each in page.made]
        attempts += [(each.first_partition_key, each.last_partition_key, each.failed) for each in page.attempts]
        if not page.next_page_token:
            return made, attempts
        request.page_token = page.next_page_token


async def test_an_asset_shows_its_latest_observation_and_the_verdicts_of_its_checks(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(
        claim.report(
            materialization("a"),
            observation(),
            verdict("rows", False),
            verdict("age", True),
            verdict("rows", True),
            observation(B),
            observation(),
        )
    )
    asset = (await storage.assets.GetAsset(GetAssetRequest(asset_key=A))).asset
    assert (asset.materialization_count, asset.observation_count) == (1, 2)
    assert asset.latest_observation.sequence > asset.latest_materialization.sequence
    verdicts = {check.check_name: check.latest_evaluation.asset_check_evaluated.passed for check in asset.checks}
    assert verdicts == {"age": True, "rows": True}
    only_seen = (await storage.assets.GetAsset(GetAssetRequest(asset_key=B))).asset
    assert not only_seen.HasField("latest_materialization") and only_seen.observation_count == 1


async def test_the_history_is_read_both_ways_by_kind_and_by_partition(storage: StorageClient) -> None:
    claim = await storage.start_run()
    events = [materialization("a", partition_key=key) for key in "xyx"] + [observation(A, "x"), verdict("c", True)]
    await storage.events.AppendEvents(claim.report(*events))

    async def history(**fields: Any) -> list[int]:
        request = ListAssetEventsRequest(asset_key=A, page_size=2, **fields)
        found: list[int] = []
        while True:
            page = await storage.assets.ListAssetEvents(request)
            found += [each.number for each in page.events]
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    everything = await history(ascending=True)
    assert len(everything) == 5 and everything == sorted(everything)
    assert await history() == everything[::-1]
    made = await history(kinds=["asset_materialized"], ascending=True)
    assert await history(kinds=["asset_materialized"], partition_keys=["x"], ascending=True) == [made[0], made[2]]
    assert await history(after_number=made[0], before_number=made[2], ascending=True) == [made[1]]
    with refused(InvalidArgumentError):
        await history(kinds=["step_failed"])


async def test_a_planned_partition_goes_on_until_it_is_made_and_has_failed_when_its_run_has(
    storage: StorageClient,
) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(plan(planned("x"), planned("y"), planned("z"), planned("", key=B))))
    assert await states(storage) == ([], [("x", "x", False), ("y", "y", False), ("z", "z", False)])
    await storage.events.AppendEvents(claim.report(materialization("a", partition_key="y")))
    assert await states(storage) == (["y"], [("x", "x", False), ("z", "z", False)])
    await storage.finish(claim, FAILED)
    assert await states(storage) == (["y"], [("x", "x", True), ("z", "z", True)])
    assert await states(storage, B) == ([], [("", "", True)])

    again = await storage.start_run()
    await storage.events.AppendEvents(again.report(plan(planned("x")), materialization("a", partition_key="x")))
    await storage.finish(again, SUCCEEDED)
    assert await states(storage) == (["x", "y"], [("z", "z", True)])
    assert await states(storage, partition_keys=["x", "n"]) == (["x"], [("z", "z", True)])


async def test_a_range_is_one_attempt_and_says_what_came_after_it(storage: StorageClient) -> None:
    before = await storage.start_run()
    await storage.events.AppendEvents(before.report(materialization("a", partition_key="d2")))
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(plan(planned("d1", "d9")), materialization("a", partition_key="d1")))
    await storage.finish(claim, FAILED)
    page = await storage.assets.GetPartitionStates(GetPartitionStatesRequest(asset_key=A))
    (attempt,) = page.attempts
    made = {each.partition_key: each.number for each in page.made}
    assert (attempt.first_partition_key, attempt.last_partition_key, attempt.run_id) == ("d1", "d9", claim.run_id)
    assert made["d1"] > attempt.after_number >= made["d2"]


async def test_an_attempt_that_plans_again_replaces_what_it_planned(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(claim.report(plan(planned("x"))))
    await storage.events.AppendEvents(claim.report(plan(planned("x"), planned("y"))))
    assert await states(storage) == ([], [("x", "x", False), ("y", "y", False)])
    await storage.finish(claim, SUCCEEDED)
    assert await states(storage) == ([], [])


async def test_reports_belong_to_no_run_and_are_in_the_feed(storage: StorageClient) -> None:
    made = Event(asset_materialized=AssetMaterialized(asset_key=A, partition_key="x"))
    request = ReportAssetEventsRequest(request_id=new_id(), events=[made, verdict("c", False)])
    await storage.assets.ReportAssetEvents(request)
    await storage.assets.ReportAssetEvents(request)
    await storage.assets.ReportAssetEvents(ReportAssetEventsRequest(request_id=new_id(), events=[observation()]))
    asset = (await storage.assets.GetAsset(GetAssetRequest(asset_key=A))).asset
    assert (asset.materialization_count, asset.observation_count, len(asset.checks)) == (1, 1, 1)
    assert asset.latest_materialization.run_id == ""
    assert (await states(storage))[0] == ["x"]
    feed = await storage.events_of("", asset_keys=[A])
    assert [event.WhichOneof("detail") for event in feed] == [
        "asset_materialized",
        "asset_check_evaluated",
        "asset_observed",
    ]
    assert [event.sequence for event in feed] == [1, 2, 3]


@pytest.mark.parametrize(
    "event",
    [Event(run_id="r", asset_observed=AssetObserved(asset_key=A)), Event(), observation(AssetKey())],
)
async def test_a_report_that_is_none_is_refused(storage: StorageClient, event: Event) -> None:
    with refused(InvalidArgumentError):
        await storage.assets.ReportAssetEvents(ReportAssetEventsRequest(request_id=new_id(), events=[event]))


async def test_wiping_forgets_the_asset_or_the_partition(storage: StorageClient) -> None:
    claim = await storage.start_run()
    await storage.events.AppendEvents(
        claim.report(*(materialization("a", partition_key=key) for key in "xy"), verdict("c", True))
    )
    await storage.assets.WipeAsset(WipeAssetRequest(request_id=new_id(), asset_key=A, partition_keys=["y"]))
    asset = (await storage.assets.GetAsset(GetAssetRequest(asset_key=A))).asset
    assert (await states(storage))[0] == ["x"]
    assert asset.latest_materialization.asset_materialized.partition_key == "x"
    await storage.assets.WipeAsset(WipeAssetRequest(request_id=new_id(), asset_key=A))
    assert await states(storage) == ([], [])
    with refused(AssetNotFoundError):
        await storage.assets.GetAsset(GetAssetRequest(asset_key=A))
