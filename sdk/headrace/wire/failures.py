"""Errors as data."""

from __future__ import annotations

from headrace.api.types.v1.failure_pb2 import (
    FAILURE_ORIGIN_SYSTEM,
    FAILURE_ORIGIN_USER_CODE,
    Failure,
)
from headrace.execute.events.event import FailureInfo
from headrace.wire.metadata import to_metadata
from headrace.wire.text import clip

MAX_DEPTH = 16


def to_failure(info: FailureInfo, *, file: str = "", line: int = 0, depth: int = MAX_DEPTH) -> Failure:
    """Writes a failure.

    Args:
        info: The failure.
        file: The file of the user's code it points at, where that is known.
        line: The line in `file`.
        depth: How many causes to follow.
    """
    cause = to_failure(info.cause, depth=depth - 1) if info.cause is not None and depth > 1 else None
    return Failure(
        type=info.type,
        message=clip(info.message),
        stack_trace=clip(info.stack_trace),
        cause=cause,
        metadata=to_metadata(info.metadata),
        origin=FAILURE_ORIGIN_USER_CODE if info.user_failure else FAILURE_ORIGIN_SYSTEM,
        file=file,
        line=line,
    )


def system_failure(kind: str, message: str, stack_trace: str = "") -> Failure:
    """Writes a failure of Headrace or its surroundings."""
    return Failure(type=kind, message=clip(message), stack_trace=clip(stack_trace), origin=FAILURE_ORIGIN_SYSTEM)
