"""ReportStep."""

from __future__ import annotations

from headrace.api.storage.v1.step_store_service_pb2 import ReportStepRequest, ReportStepResponse
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.operations.reports import report_locks, reported_events, size_of
from headrace_services.storage.operations.step_holders import check_step, held_run, ordered, step_lost
from headrace_services.storage.store import events, runs, step_attempts
from headrace_services.storage.store.events import NewEvent
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.schema import CANCELING
from headrace_services.storage.store.step_attempts import StepAttempt
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def report_step(store: Store, request: ReportStepRequest) -> ReportStepResponse:
    """Appends a batch to the run's log, once, and stores the attempt's end."""
    step = request.step
    require(request, "request_id")
    check_step(step)
    if request.events and request.batch < 1:
        raise wrong("batch", "must be 1 or more where there are events")
    new = reported_events(step.run_id, request.events)
    end = request.end.SerializeToString() if request.HasField("end") else None

    def act(tx: Transaction) -> ReportStepResponse:
        run = held_run(tx, step)
        known = ordered(tx, run, step)
        if known.claim_id != request.request_id:
            raise step_lost(step, f"{known.worker or 'nobody'} has it")
        if new and request.batch > known.batch:
            _append(tx, request, run, known, new)
        if end is not None and known.step_end is None:
            step_attempts.change(tx, known, run.run_id, step_end=end)
        return ReportStepResponse(cancel_requested=run.state == CANCELING)

    return await store.write(Intent("report_step", act, report_locks(step.run_id, new), size_of(new)))


def _append(
    tx: Transaction, request: ReportStepRequest, run: RunRecord, known: StepAttempt, new: list[NewEvent]
) -> None:
    if known.step_end is not None:
        raise step_lost(request.step, "it is over")
    if request.batch > known.batch + 1:
        raise wrong("batch", f"is {request.batch}, the next of this claim is {known.batch + 1}: repeat what is missing")
    grown = runs.change(
        tx,
        run.run_id,
        [runs.is_in_epoch(run.epoch)],
        runs.more_events(len(new)),
        refusal=lambda: step_lost(request.step, "its run has got on"),
    )
    events.append(tx, run.run_id, run.number, grown.last_sequence, new)
    step_attempts.advance(tx, known, request.batch)
