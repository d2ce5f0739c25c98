"""StepService over the operations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from headrace.api.worker.v1 import step_service_pb2 as pb
from headrace.api.worker.v1.step_service_pb2_grpc import StepServiceServicer
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.claim_step import claim_step
from headrace_services.coordinator.operations.order_step import order_step
from headrace_services.coordinator.operations.report_step import report_step
from headrace_services.coordinator.operations.watch_steps import watch_steps


class StepServicer(StepServiceServicer):
    """For run workers whose steps are executed elsewhere, and for the workers of these steps."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator

    async def OrderStep(self, request: pb.OrderStepRequest, context: Any) -> pb.OrderStepResponse:
        return await order_step(request, self._coordinator)

    async def ClaimStep(self, request: pb.ClaimStepRequest, context: Any) -> pb.ClaimStepResponse:
        return await claim_step(request, self._coordinator)

    async def ReportStep(self, request: pb.ReportStepRequest, context: Any) -> pb.ReportStepResponse:
        return await report_step(request, self._coordinator)

    async def WatchSteps(self, request: pb.WatchStepsRequest, context: Any) -> AsyncIterator[pb.WatchStepsResponse]:
        async for response in watch_steps(request, self._coordinator):
            yield response
