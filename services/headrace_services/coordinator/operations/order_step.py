"""OrderStep: say that an attempt of a step is to be executed elsewhere."""

from __future__ import annotations

from headrace.api.storage.v1 import step_store_service_pb2 as storage_pb
from headrace.api.worker.v1.step_service_pb2 import OrderStepRequest, OrderStepResponse
from headrace_services.coordinator.context import Coordinator


async def order_step(request: OrderStepRequest, coordinator: Coordinator) -> OrderStepResponse:
    """Stores the order under the run's lease."""
    step = storage_pb.StepHolder(
        run_id=request.run_id,
        epoch=request.epoch,
        run_token=request.run_token,
        step_key=request.step_key,
        attempt=request.attempt,
    )
    await coordinator.storage.steps.OrderStep(storage_pb.OrderStepRequest(step=step, order=request.order))
    return OrderStepResponse()
