"""The next step of one backfill: ask its location, make its wishes into runs, store all of it together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headrace.api.codeloc.v1.backfill_plan_service_pb2 import EvaluateBackfillRequest, EvaluateBackfillResponse
from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest
from headrace.api.storage.v1.backfill_store_service_pb2 import BackfillWork, CommitBackfillStepRequest
from headrace.api.types.v1.backfill_pb2 import (
    BACKFILL_STATE_CANCELED,
    BACKFILL_STATE_CANCELING,
    BACKFILL_STATE_FAILED,
    BACKFILL_STATE_SUCCEEDED,
    Backfill,
    BackfillState,
)
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, Failure
from headrace.api.types.v1.instigator_pb2 import RunRequest
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import (
    AbortedError,
    HeadraceError,
    InvalidArgumentError,
    LocationUnreachableError,
    NotFoundError,
)
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.backfills.dynamic_sets import read_dynamic_sets
from headrace_services.coordinator.backfills.requests import run_of
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.durations import duration
from headrace_services.coordinator.operations.cancel_run import cancel_run
from headrace_services.coordinator.operations.submit_run import prepared
from headrace_services.coordinator.stubs import backfill_plan

# A step is small, so that cancels are heard; a backfill leaves room in the queue for others.
MOST_RUNS_AT_ONCE, MOST_RUNS_IN_PROGRESS = 100, 200
_AT_ONCE = 8
_EVALUATE_SECONDS = 120.0
_AFTER_TROUBLE_SECONDS, _WHILE_CANCELING_SECONDS = 15.0, 5.0
# Each of its runs calls it up when it ends; this is for ends that nobody told.
_FALLBACK_SECONDS = 300.0
# Asking again changes nothing about these: somebody has to change something, and can begin anew then.
_HOPELESS = (InvalidArgumentError, NotFoundError)


@dataclass(frozen=True)
class Decision:
    """What a step comes to.

    Attributes:
        runs: The runs that it asks for.
        progress: What it leaves for the next.
        state: Where the backfill stands then; 0: where it stood.
        failure: What went wrong.
        hold: When the next step is due, in seconds.
        answer: What the location said.
    """

    runs: Sequence[Run] = ()
    progress: str = ""
    state: BackfillState.ValueType = 0  # type: ignore[assignment]
    failure: Failure | None = None
    hold: float = _FALLBACK_SECONDS
    answer: EvaluateBackfillResponse | None = None


async def advance(work: BackfillWork, coordinator: Coordinator) -> None:
    """Takes a backfill one step further; nothing if another coordinator did so meanwhile."""
    if work.backfill.state == BACKFILL_STATE_CANCELING:
        decision = await _cancel(work, coordinator)
    else:
        decision = await _decide(work, coordinator)
    request = CommitBackfillStepRequest(
        request_id=coordinator.ids.uuid7(),
        backfill_id=work.backfill.backfill_id,
        etag=work.backfill.etag,
        runs=decision.runs,
        progress=decision.progress,
        ended_marks=() if decision.failure else work.ended_marks,
        counts=decision.answer.counts if decision.answer else (),
        state=decision.state,
        failure=decision.failure,
        hold=duration(decision.hold),
    )
    try:
        with rpc_errors("storage"):
            await coordinator.storage.backfills.CommitBackfillStep(request)
    except AbortedError:
        return
    if decision.runs:
        coordinator.wake_queue()
        for run in decision.runs:
            coordinator.metrics.submitted(run)


async def _cancel(work: BackfillWork, coordinator: Coordinator) -> Decision:
    hands = asyncio.Semaphore(_AT_ONCE)

    async def cancel(run_id: str) -> None:
        async with hands:
            try:
                await cancel_run(CancelRunRequest(run_id=run_id), coordinator)
            except NotFoundError:
                return

    await asyncio.gather(*map(cancel, work.active_run_ids))
    if work.active_run_ids:
        return Decision(progress=work.progress, hold=_WHILE_CANCELING_SECONDS)
    return Decision(progress=work.progress, state=BACKFILL_STATE_CANCELED)


async def _decide(work: BackfillWork, coordinator: Coordinator) -> Decision:
    try:
        answer = await _ask(work, coordinator)
        if answer.HasField("failure"):
            return Decision(progress=work.progress, state=BACKFILL_STATE_FAILED, failure=answer.failure)
        runs = await _runs(answer.run_requests, work.backfill, coordinator)
    except _HOPELESS as error:
        return Decision(progress=work.progress, state=BACKFILL_STATE_FAILED, failure=_failure(error))
    except HeadraceError as error:
        return Decision(progress=work.progress, failure=_failure(error), hold=_AFTER_TROUBLE_SECONDS)
    return Decision(runs, answer.progress, _state(answer), None, _hold(work.backfill, runs), answer)


async def _ask(work: BackfillWork, coordinator: Coordinator) -> EvaluateBackfillResponse:
    backfill = work.backfill
    entry = coordinator.registry.get(backfill.location_name)
    obstacle = entry.obstacle()
    if obstacle or entry.snapshot is None:
        raise LocationUnreachableError(f"code location {backfill.location_name!r} {obstacle}")
    room = MOST_RUNS_IN_PROGRESS - backfill.active_run_count
    request = EvaluateBackfillRequest(
        backfill=backfill,
        progress=work.progress,
        ended_runs=work.ended_runs,
        made_partitions=work.made_partitions,
        max_runs=max(0, min(MOST_RUNS_AT_ONCE, room)),
        dynamic_partitions=await read_dynamic_sets(entry.snapshot, backfill.job_name, coordinator.storage),
    )
    request.evaluation_time.FromDatetime(coordinator.clock.now())
    stub = backfill_plan(coordinator.peers.connect(entry.address))
    with rpc_errors(entry.address):
        return await stub.EvaluateBackfill(request, timeout=_EVALUATE_SECONDS)


async def _runs(requests: Iterable[RunRequest], backfill: Backfill, coordinator: Coordinator) -> list[Run]:
    hands = asyncio.Semaphore(_AT_ONCE)

    async def prepare(request: RunRequest) -> Run:
        async with hands:
            run_id = coordinator.ids.uuid7()
            return await prepared(run_of(request, backfill, run_id), run_id, coordinator)

    return list(await asyncio.gather(*map(prepare, requests)))


def _state(answer: EvaluateBackfillResponse) -> BackfillState.ValueType:
    if not answer.done:
        return 0  # type: ignore[return-value]
    failed = any(counts.failed_count for counts in answer.counts)
    return BACKFILL_STATE_FAILED if failed else BACKFILL_STATE_SUCCEEDED


def _hold(backfill: Backfill, runs: Sequence[Run]) -> float:
    more = len(runs) == MOST_RUNS_AT_ONCE and backfill.active_run_count + len(runs) < MOST_RUNS_IN_PROGRESS
    return 0.0 if more else _FALLBACK_SECONDS


def _failure(error: HeadraceError) -> Failure:
    return Failure(type=error.reason, message=str(error), origin=FAILURE_ORIGIN_SYSTEM)
