"""Backfills: their steps are committed with the runs they ask for, and no end of a run is missed or told twice."""

from __future__ import annotations

from typing import Any, cast

import pytest

from headrace.api.storage.v1 import backfill_store_service_pb2 as pb
from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.backfill_pb2 import (
    BACKFILL_STATE_CANCELED,
    BACKFILL_STATE_CANCELING,
    BACKFILL_STATE_FAILED,
    BACKFILL_STATE_RUNNING,
    BACKFILL_STATE_SUCCEEDED,
    Backfill,
    BackfillCounts,
    BackfillTarget,
    MadePartition,
)
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import BackfillIdTakenError, BackfillNotFinishedError, BackfillNotFoundError, StaleEtagError
from rig.storage import FAILED, SUCCEEDED, StorageClient, new_id, refused, seconds
from rig.waiting import wait_until_async

ORDERS = AssetKey(path=["orders"])


async def create(storage: StorageClient, **fields: Any) -> Backfill:
    backfill = Backfill(backfill_id=new_id(), location_name="location", **fields)
    if not backfill.retry_of_id:
        backfill.targets.append(BackfillTarget(asset_key=ORDERS))
    request = pb.CreateBackfillRequest(request_id=new_id(), backfill=backfill)
    return cast(Backfill, (await storage.backfills.CreateBackfill(request)).backfill)


async def work(storage: StorageClient) -> list[pb.BackfillWork]:
    return list((await storage.backfills.GetBackfillWork(pb.GetBackfillWorkRequest())).work)


def run_of(backfill: Backfill) -> Run:
    tag = Tag(key="headrace/backfill", value=backfill.backfill_id)
    return Run(run_id=new_id(), location_name="location", job_name="job", tags=[tag], asset_selection=[ORDERS])


async def step(storage: StorageClient, backfill: Backfill, *runs: Run, hold: float = 600, **fields: Any) -> Backfill:
    request = pb.CommitBackfillStepRequest(
        request_id=new_id(),
        backfill_id=backfill.backfill_id,
        etag=backfill.etag,
        runs=runs,
        hold=seconds(hold),
        **fields,
    )
    return cast(Backfill, (await storage.backfills.CommitBackfillStep(request)).backfill)


async def end(storage: StorageClient, run: Run, state: int = SUCCEEDED, made: str = "") -> None:
    (admitted,) = await storage.admit(run.run_id)
    (message,) = await storage.messages()
    claim = await storage.claim(admitted.run_id, message.launch_order.launch_token)
    if made:
        materialized = Event(asset_materialized=AssetMaterialized(asset_key=ORDERS, partition_key=made))
        await storage.events.AppendEvents(claim.report("begins", materialized))
    await storage.finish(claim, state)


async def test_a_new_backfill_is_work_at_once_and_only_once_until_something_happens(storage: StorageClient) -> None:
    backfill = await create(storage, title="March")
    (found,) = await work(storage)
    assert (found.backfill.state, found.backfill.title, found.progress) == (BACKFILL_STATE_RUNNING, "March", "")
    await step(storage, backfill, run_of(backfill), progress="1")
    assert await work(storage) == []


@pytest.mark.proves("P11", fault="F7", of="coordinator")
async def test_of_two_steps_that_read_the_same_one_is_stored(storage: StorageClient) -> None:
    backfill = await create(storage)
    first, second = run_of(backfill), run_of(backfill)
    await step(storage, backfill, first, progress="1")
    with refused(StaleEtagError):
        await step(storage, backfill, second, progress="2")
    assert [run.run_id for run in (await storage.runs.ListRuns(ListRunsRequest())).runs] == [first.run_id]


async def test_the_end_of_a_run_is_told_until_a_step_has_taken_it_into_account(storage: StorageClient) -> None:
    backfill = await create(storage)
    run, other = run_of(backfill), run_of(backfill)
    backfill = await step(storage, backfill, run, other, progress="1")
    assert (backfill.run_count, backfill.active_run_count) == (2, 2)
    await end(storage, run, FAILED)
    for _ in range(2):
        (found,) = await work(storage)
        assert [(each.run_id, each.state) for each in found.ended_runs] == [(run.run_id, FAILED)]
        assert list(found.ended_runs[0].asset_selection) == [ORDERS]
    assert found.backfill.active_run_count == 1
    counts = BackfillCounts(asset_key=ORDERS, target_count=2, failed_count=1)
    backfill = await step(storage, found.backfill, progress="2", ended_marks=found.ended_marks, counts=[counts])
    assert list(backfill.counts) == [counts]
    assert await work(storage) == []


async def test_what_runs_have_made_is_told_of_those_that_failed(storage: StorageClient) -> None:
    backfill = await create(storage)
    failed, other = run_of(backfill), run_of(backfill)
    await step(storage, backfill, failed, other, progress="1")
    await end(storage, failed, FAILED, made="today")
    await end(storage, other, SUCCEEDED, made="yesterday")
    (found,) = await work(storage)
    assert list(found.made_partitions) == [
        MadePartition(run_id=failed.run_id, asset_key=ORDERS, partition_key="today"),
    ]


async def test_a_step_is_due_after_its_hold_whatever_happens(storage: StorageClient) -> None:
    backfill = await create(storage)
    await step(storage, backfill, hold=1.5)
    assert await work(storage) == []

    async def due() -> bool:
        return bool(await work(storage))

    await wait_until_async(due, what="the next step being due")


async def test_a_backfill_does_not_end_while_one_of_its_runs_goes_on(storage: StorageClient) -> None:
    backfill = await create(storage)
    run = run_of(backfill)
    backfill = await step(storage, backfill, run)
    backfill = await step(storage, backfill, state=BACKFILL_STATE_SUCCEEDED)
    assert (backfill.state, backfill.HasField("finish_time")) == (BACKFILL_STATE_RUNNING, False)
    await end(storage, run)
    (found,) = await work(storage)
    backfill = await step(storage, found.backfill, state=BACKFILL_STATE_SUCCEEDED, ended_marks=found.ended_marks)
    assert (backfill.state, backfill.HasField("finish_time")) == (BACKFILL_STATE_SUCCEEDED, True)
    assert await work(storage) == []


async def test_a_canceled_backfill_names_the_runs_that_are_not_over(storage: StorageClient) -> None:
    backfill = await create(storage)
    run = run_of(backfill)
    backfill = await step(storage, backfill, run)
    request = pb.CancelBackfillRequest(request_id=new_id(), backfill_id=backfill.backfill_id)
    assert (await storage.backfills.CancelBackfill(request)).backfill.state == BACKFILL_STATE_CANCELING
    (found,) = await work(storage)
    assert list(found.active_run_ids) == [run.run_id]
    await end(storage, run)
    (found,) = await work(storage)
    assert list(found.active_run_ids) == []
    done = await step(storage, found.backfill, state=BACKFILL_STATE_CANCELED, ended_marks=found.ended_marks)
    again = pb.CancelBackfillRequest(request_id=new_id(), backfill_id=backfill.backfill_id)
    assert (await storage.backfills.CancelBackfill(again)).backfill == done


async def test_a_retry_goes_on_from_where_the_other_stood_once_that_is_over(storage: StorageClient) -> None:
    backfill = await create(storage, title="March")
    with refused(BackfillNotFinishedError):
        await create(storage, retry_of_id=backfill.backfill_id)
    await step(storage, backfill, progress="half", state=BACKFILL_STATE_FAILED)
    again = await create(storage, retry_of_id=backfill.backfill_id)
    (found,) = await work(storage)
    assert (found.backfill, found.progress, again.title) == (again, "half", "March")
    assert list(again.targets) == list(backfill.targets)


async def test_backfills_are_listed_newest_first_in_pages_by_state(storage: StorageClient) -> None:
    made = [await create(storage) for _ in range(3)]
    await step(storage, made[1], state=BACKFILL_STATE_FAILED)
    first = await storage.backfills.ListBackfills(pb.ListBackfillsRequest(page_size=2))
    rest = await storage.backfills.ListBackfills(pb.ListBackfillsRequest(page_size=2, page_token=first.next_page_token))
    ids = [each.backfill_id for each in (*first.backfills, *rest.backfills)]
    assert ids == [each.backfill_id for each in reversed(made)]
    failed = await storage.backfills.ListBackfills(pb.ListBackfillsRequest(states=[BACKFILL_STATE_FAILED]))
    assert [each.backfill_id for each in failed.backfills] == [made[1].backfill_id]


async def test_an_id_is_good_for_one_backfill_and_an_unknown_one_is_not_found(storage: StorageClient) -> None:
    backfill = await create(storage)
    request = pb.CreateBackfillRequest(request_id=new_id(), backfill=backfill)
    with refused(BackfillIdTakenError):
        await storage.backfills.CreateBackfill(request)
    with refused(BackfillNotFoundError):
        await storage.backfills.GetBackfill(pb.GetBackfillRequest(backfill_id=new_id()))
