"""The methods of the contract that need user code: from a serialized request to the message with its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headrace.api.codeloc.v1 import backfill_plan_service_pb2 as backfills_pb
from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.errors import MessageTooLargeError, ServiceError
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.answers import MAX_ANSWER_BYTES, answer, failure_answer, refusal
from headrace_codeloc.evaluate.backfills import evaluate_backfill, plan_backfill
from headrace_codeloc.evaluate.failures import RAISED, failure_of
from headrace_codeloc.evaluate.plan_run import plan_run
from headrace_codeloc.evaluate.schedule import evaluate_schedule
from headrace_codeloc.evaluate.sensor import evaluate_sensor
from headrace_codeloc.messages import Message

_METHODS: Mapping[str, tuple[Any, Callable[[Any, LoadedLocation], Any]]] = {
    "EvaluateSchedule": (pb.EvaluateScheduleRequest, evaluate_schedule),
    "EvaluateSensor": (pb.EvaluateSensorRequest, evaluate_sensor),
    "PlanBackfill": (backfills_pb.PlanBackfillRequest, plan_backfill),
    "EvaluateBackfill": (backfills_pb.EvaluateBackfillRequest, evaluate_backfill),
    "PlanRun": (pb.PlanRunRequest, plan_run),
}


def evaluate(method: str, body: bytes, location: LoadedLocation) -> Message:
    """Answers a request with a response, a failure of user code inside one, or a refusal; never raises for them."""
    request_type, run = _METHODS[method]
    try:
        body = run(request_type.FromString(body), location).SerializeToString()
    except ServiceError as error:
        return refusal(error)
    except RAISED as error:
        return failure_answer(method, failure_of(error))
    if len(body) > MAX_ANSWER_BYTES:
        too_large = MessageTooLargeError(f"the answer has {len(body)} bytes; at most {MAX_ANSWER_BYTES} are allowed")
        return failure_answer(method, failure_of(too_large))
    return answer(body)
