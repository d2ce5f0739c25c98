"""SchedulerService over the operations."""

from __future__ import annotations

from typing import Any

from headrace.api.scheduler.v1 import scheduler_service_pb2 as pb
from headrace.api.scheduler.v1.scheduler_service_pb2_grpc import SchedulerServiceServicer
from headrace.clock import Clock
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.evaluation import Evaluator
from headrace_services.scheduler.operations.evaluate_now import evaluate_now
from headrace_services.scheduler.operations.preview_ticks import preview_ticks


class SchedulerServicer(SchedulerServiceServicer):
    """For the gateway."""

    def __init__(self, book: Book, evaluator: Evaluator, clock: Clock) -> None:
        self._book = book
        self._evaluator = evaluator
        self._clock = clock

    async def PreviewTicks(self, request: pb.PreviewTicksRequest, context: Any) -> pb.PreviewTicksResponse:
        return await preview_ticks(request, self._book, self._clock)

    async def EvaluateNow(self, request: pb.EvaluateNowRequest, context: Any) -> pb.EvaluateNowResponse:
        return await evaluate_now(request, self._book, self._evaluator, self._clock)
