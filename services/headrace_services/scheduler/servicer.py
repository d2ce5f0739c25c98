"""SchedulerService over the operations."""

from __future__ import annotations

from typing import Any

from headrace.api.scheduler.v1 import scheduler_service_pb2 as pb
from headrace.api.scheduler.v1.scheduler_service_pb2_grpc import SchedulerServiceServicer
from headrace_services.scheduler.context import Scheduler
from headrace_services.scheduler.operations.evaluate_now import evaluate_now
from headrace_services.scheduler.operations.preview_ticks import preview_ticks
from headrace_services.scheduler.repeats import Repeats


class SchedulerServicer(SchedulerServiceServicer):
    """For the gateway."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._evaluations: Repeats[pb.EvaluateNowResponse] = Repeats()

    async def PreviewTicks(self, request: pb.PreviewTicksRequest, context: Any) -> pb.PreviewTicksResponse:
        return await preview_ticks(request, self._scheduler)

    async def EvaluateNow(self, request: pb.EvaluateNowRequest, context: Any) -> pb.EvaluateNowResponse:
        return await self._evaluations.once(request.request_id, lambda: evaluate_now(request, self._scheduler))
