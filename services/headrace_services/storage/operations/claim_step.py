"""ClaimStep."""

from __future__ import annotations

from headrace.api.storage.v1.step_store_service_pb2 import ClaimStepRequest, ClaimStepResponse
from headrace.api.types.v1.step_pb2 import StepOrder
from headrace_services.storage.messages.run_messages import run_message
from headrace_services.storage.operations.checks import require
from headrace_services.storage.operations.step_holders import check_step, held_run, ordered, step_lost
from headrace_services.storage.store import step_attempts
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def claim_step(store: Store, request: ClaimStepRequest) -> ClaimStepResponse:
    """Gives an ordered attempt to the first worker that asks for it."""
    step = request.step
    require(request, "request_id")
    check_step(step)

    def act(tx: Transaction) -> ClaimStepResponse:
        run = held_run(tx, step)
        known = ordered(tx, run, step)
        if known.step_end is not None:
            raise step_lost(step, "it is over")
        if known.claim_id not in (None, request.request_id):
            raise step_lost(step, f"{known.worker or 'another worker'} has it")
        if known.claim_id is None:
            step_attempts.change(tx, known, run.run_id, claim_id=request.request_id, worker=request.worker)
        return ClaimStepResponse(run=run_message(run), order=StepOrder.FromString(known.step_order))

    return await store.write(Intent("claim_step", act, frozenset({run_lock(step.run_id)})))
