"""An attempt of a step has one worker, and what comes from any other is refused by the database."""

from __future__ import annotations

import asyncio
from typing import Any

from headrace.api.storage.v1.step_store_service_pb2 import (
    ClaimStepRequest,
    ClaimStepResponse,
    OrderStepRequest,
    ReportStepRequest,
    StepHolder,
    WatchStepsRequest,
)
from headrace.api.types.v1.step_pb2 import StepEnd, StepOrder, StepOutput
from headrace.errors import InvalidArgumentError, LeaseLostError
from rig.storage import CANCELING, QUEUED, RUNNING, Claim, StorageClient, log_event, new_id, refused


def holder(claim: Claim, attempt: int = 1, step_key: str = "sum") -> StepHolder:
    return StepHolder(
        run_id=claim.run_id, epoch=claim.epoch, run_token=claim.run_token, step_key=step_key, attempt=attempt
    )


async def order(storage: StorageClient, step: StepHolder) -> None:
    missing = StepOrder(missing=[StepOutput(step_key="read", output_name="result")])
    await storage.steps.OrderStep(OrderStepRequest(step=step, order=missing))


def claim_of(step: StepHolder, request_id: str = "") -> ClaimStepRequest:
    return ClaimStepRequest(request_id=request_id or new_id(), step=step, worker="w")


def report_of(claimed: ClaimStepRequest, *texts: str, batch: int = 0, **fields: Any) -> ReportStepRequest:
    events = [log_event(text, claimed.step.step_key) for text in texts]
    return ReportStepRequest(request_id=claimed.request_id, step=claimed.step, batch=batch, events=events, **fields)


async def texts_of(storage: StorageClient, run_id: str) -> list[str]:
    return [each.log_recorded.message for each in await storage.events_of(run_id) if each.HasField("log_recorded")]


async def test_of_many_workers_one_gets_the_attempt_and_learns_what_was_ordered(storage: StorageClient) -> None:
    run = await storage.start_run()
    await order(storage, holder(run))
    answers = await asyncio.gather(
        *(storage.steps.ClaimStep(claim_of(holder(run))) for _ in range(5)), return_exceptions=True
    )
    (granted,) = [answer for answer in answers if isinstance(answer, ClaimStepResponse)]
    assert (granted.run.run_id, granted.order.missing[0].step_key) == (run.run_id, "read")


async def test_what_was_not_ordered_or_is_ordered_anew_cannot_be_claimed_or_reported(storage: StorageClient) -> None:
    run = await storage.start_run()
    with refused(LeaseLostError, "not ordered"):
        await storage.steps.ClaimStep(claim_of(holder(run)))
    first = claim_of(holder(run))
    await order(storage, first.step)
    await storage.steps.ClaimStep(first)
    await order(storage, holder(run, 2))
    with refused(LeaseLostError, "took its place"):
        await storage.steps.ReportStep(report_of(first, "late", batch=1))
    with refused(LeaseLostError, "attempt 2 was ordered"):
        await order(storage, holder(run, 1))
    assert await texts_of(storage, run.run_id) == []


async def test_events_are_stored_once_and_an_end_ends_the_attempt(storage: StorageClient) -> None:
    run = await storage.start_run()
    claimed = claim_of(holder(run))
    await order(storage, claimed.step)
    await storage.steps.ClaimStep(claimed)
    await storage.steps.ReportStep(report_of(claimed, "one", batch=1))
    last = report_of(claimed, "two", batch=2, end=StepEnd(output_names=["result"]))
    for _ in range(2):
        await storage.steps.ReportStep(last)
    with refused(LeaseLostError, "it is over"):
        await storage.steps.ReportStep(report_of(claimed, "three", batch=3))
    with refused(LeaseLostError, "it is over"):
        await storage.steps.ClaimStep(claim_of(holder(run)))
    assert await texts_of(storage, run.run_id) == ["one", "two"]


async def test_a_batch_that_skips_one_is_refused(storage: StorageClient) -> None:
    run = await storage.start_run()
    claimed = claim_of(holder(run))
    await order(storage, claimed.step)
    await storage.steps.ClaimStep(claimed)
    with refused(InvalidArgumentError, "the next of this claim is 1"):
        await storage.steps.ReportStep(report_of(claimed, "two", batch=2))


async def test_steps_end_with_their_runs_lease(storage: StorageClient) -> None:
    run = await storage.start_run()
    claimed = claim_of(holder(run))
    await order(storage, claimed.step)
    await storage.steps.ClaimStep(claimed)
    await storage.move(run.run_id, RUNNING, QUEUED)
    for call in (storage.steps.ReportStep(report_of(claimed)), storage.steps.ClaimStep(claimed)):
        with refused(LeaseLostError):
            await call


async def test_a_worker_hears_of_a_cancel(storage: StorageClient) -> None:
    run = await storage.start_run()
    claimed = claim_of(holder(run))
    await order(storage, claimed.step)
    await storage.steps.ClaimStep(claimed)
    assert not (await storage.steps.ReportStep(report_of(claimed))).cancel_requested
    await storage.move(run.run_id, RUNNING, CANCELING)
    assert (await storage.steps.ReportStep(report_of(claimed))).cancel_requested


async def test_a_watch_tells_each_change_once_and_goes_on_behind_its_cursor(storage: StorageClient) -> None:
    run = await storage.start_run()
    me = StepHolder(run_id=run.run_id, epoch=run.epoch, run_token=run.run_token)
    watch = storage.steps.WatchSteps(WatchStepsRequest(holder=me), timeout=20)
    assert not (await watch.read()).attempts
    claims = [claim_of(holder(run, step_key=key)) for key in ("a", "b")]
    for each in claims:
        await order(storage, each.step)
        await storage.steps.ClaimStep(each)
    seen: list[str] = []
    while len(seen) < 2:
        answer = await watch.read()
        seen += [each.step_key for each in answer.attempts]
    watch.cancel()
    assert seen == ["a", "b"]
    await storage.steps.ReportStep(report_of(claims[0], end=StepEnd(output_names=["result"])))
    again = storage.steps.WatchSteps(WatchStepsRequest(holder=me, cursor=answer.cursor), timeout=20)
    (ended,) = (await again.read()).attempts
    again.cancel()
    assert (ended.step_key, list(ended.end.output_names)) == ("a", ["result"])


async def test_nobody_watches_without_the_runs_lease(storage: StorageClient) -> None:
    run = await storage.start_run()
    other = StepHolder(run_id=run.run_id, epoch=run.epoch, run_token="guessed")
    with refused(LeaseLostError):
        await storage.steps.WatchSteps(WatchStepsRequest(holder=other), timeout=20).read()
