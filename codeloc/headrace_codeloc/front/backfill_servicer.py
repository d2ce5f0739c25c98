"""BackfillPlanService: has the code decide for backfills."""

from __future__ import annotations

from typing import Any

from headrace.api.codeloc.v1 import backfill_plan_service_pb2 as pb
from headrace.api.codeloc.v1.backfill_plan_service_pb2_grpc import BackfillPlanServiceServicer
from headrace_codeloc.front.evaluator import Evaluator
from headrace_codeloc.front.state import LocationState


class BackfillServicer(BackfillPlanServiceServicer):
    """Decides for the backfills of one location."""

    def __init__(self, state: LocationState, evaluator: Evaluator) -> None:
        self._state = state
        self._evaluator = evaluator

    async def PlanBackfill(self, request: pb.PlanBackfillRequest, context: Any) -> pb.PlanBackfillResponse:
        """Finds out which partitions are meant."""
        return pb.PlanBackfillResponse.FromString(await self._evaluate("PlanBackfill", request))

    async def EvaluateBackfill(self, request: pb.EvaluateBackfillRequest, context: Any) -> pb.EvaluateBackfillResponse:
        """Decides the next step."""
        return pb.EvaluateBackfillResponse.FromString(await self._evaluate("EvaluateBackfill", request))

    async def _evaluate(self, method: str, request: Any) -> bytes:
        body = request.SerializeToString()
        return await self._evaluator.evaluate(method, body, start_method=self._state.info.start_method)
