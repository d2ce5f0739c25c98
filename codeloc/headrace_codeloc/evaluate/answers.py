"""Answers that need no user code: refusals, and what is said when user code crashed or took too long."""

from __future__ import annotations

import signal

from headrace.api.codeloc.v1 import backfill_plan_service_pb2 as backfills_pb
from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_USER_CODE, Failure
from headrace.errors import HeadraceError
from headrace.wire.text import clip
from headrace_codeloc.messages import Message

MAX_ANSWER_BYTES = 4_000_000
"""What fits into one gRPC message everywhere."""


def answer(body: bytes) -> Message:
    """The message that carries a response."""
    return Message("answer", {}, body)


def refusal(error: HeadraceError) -> Message:
    """The message that carries the error to end the call with."""
    return Message(
        "refused",
        {"code": error.code, "reason": error.reason, "message": str(error), "metadata": error.metadata},
    )


def failure_answer(method: str, failure: Failure) -> Message:
    """The answer of `method` that says that user code failed."""
    if method == "EvaluateSchedule":
        return answer(pb.EvaluateScheduleResponse(failure=failure).SerializeToString())
    if method == "EvaluateSensor":
        return answer(pb.EvaluateSensorResponse(failure=failure).SerializeToString())
    if method == "PlanBackfill":
        return answer(backfills_pb.PlanBackfillResponse(failure=failure).SerializeToString())
    if method == "EvaluateBackfill":
        return answer(backfills_pb.EvaluateBackfillResponse(failure=failure).SerializeToString())
    error = pb.ConfigError(message=f"The run could not be planned: {failure.type}: {failure.message}")
    return answer(pb.PlanRunResponse(config_errors=[error]).SerializeToString())


def timeout_answer(method: str, seconds: float, stack: str) -> Message:
    """The answer of `method` when user code took too long; `stack` says where it was."""
    return failure_answer(
        method,
        Failure(
            type="EvaluationTimeout",
            message=f"It took longer than {seconds:.3g} s and was ended.",
            stack_trace=clip(stack),
            origin=FAILURE_ORIGIN_USER_CODE,
        ),
    )


def crash_answer(method: str, code: int | None) -> Message:
    """The answer of `method` when the process of user code ended without one."""
    return failure_answer(
        method,
        Failure(
            type="EvaluationCrashed",
            message=f"Its process {describe_exit(code)} before it gave an answer.",
            origin=FAILURE_ORIGIN_USER_CODE,
        ),
    )


def describe_exit(code: int | None) -> str:
    """What an exit code says, negative for a signal."""
    if code is None:
        return "ended"
    if code >= 0:
        return f"exited with code {code}"
    hint = " (the machine may have been out of memory)" if -code == signal.SIGKILL else ""
    try:
        return f"was killed by {signal.Signals(-code).name}{hint}"
    except ValueError:
        return f"was killed by signal {-code}"
