"""OrderStep."""

from __future__ import annotations

from headrace.api.storage.v1.step_store_service_pb2 import OrderStepRequest, OrderStepResponse
from headrace_services.storage.operations.step_holders import check_step, held_run, step_lost
from headrace_services.storage.store import step_attempts
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def order_step(store: Store, request: OrderStepRequest) -> OrderStepResponse:
    """Stores an order in the place of an older one; one that nobody has claimed may be given again."""
    step = request.step
    check_step(step)
    order = request.order.SerializeToString()

    def act(tx: Transaction) -> OrderStepResponse:
        run = held_run(tx, step)
        known = step_attempts.find(tx, run.number, step.step_key)
        if known is not None and known.epoch == step.epoch:
            if known.attempt > step.attempt:
                raise step_lost(step, f"attempt {known.attempt} was ordered")
            if known.attempt == step.attempt and known.claim_id is not None:
                return OrderStepResponse()
        step_attempts.put(tx, run.number, step.step_key, step.epoch, step.attempt, order)
        return OrderStepResponse()

    return await store.write(Intent("order_step", act, frozenset({run_lock(step.run_id)}), len(order)))
