"""Exceptions as data: what a reader of the run needs to see, and no more."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping

import headrace
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.ops.failure import Failure
from headrace.errors import ExecutionInterruptedError, TypeCheckError, UserCodeError
from headrace.execute.events.event import FailureInfo

MAX_MESSAGE = 32_768
MAX_STACK_TRACE = 65_536
MAX_CAUSES = 8
"""Bounds that keep a failure well inside one message of the contract."""

_OWN_CODE = os.path.dirname(headrace.__file__) + os.sep


def failure_info(error: BaseException) -> FailureInfo:
    """Describe `error`: what user code raised comes first, the engine's wrapping is left out.

    A wrapper that tells where it happened (an input, an output, a resource) stays, with the user's exception as cause.
    """
    return _describe(error, MAX_CAUSES)


def _describe(error: BaseException, causes_left: int) -> FailureInfo:
    cause = _cause(error)
    return FailureInfo(
        type=_type_name(error),
        message=_shorten(_message(error), MAX_MESSAGE),
        stack_trace=_shorten(user_stack_trace(error), MAX_STACK_TRACE),
        cause=_describe(cause, causes_left - 1) if cause is not None and causes_left else None,
        metadata=_metadata(error),
        user_failure=not isinstance(error, ExecutionInterruptedError),
    )


def _metadata(error: BaseException) -> Mapping[str, MetadataValue]:
    if isinstance(error, TypeCheckError):
        return normalize_metadata(error.metadata)
    return error.metadata if isinstance(error, Failure) else {}


def user_stack_trace(error: BaseException) -> str:
    """The formatted stack of `error` without the engine's own frames, unless there are no others."""
    frames = traceback.extract_tb(error.__traceback__)
    users = [frame for frame in frames if not frame.filename.startswith(_OWN_CODE)]
    text = "".join(traceback.StackSummary.from_list(users or frames).format())
    nested = getattr(error, "exceptions", None)
    if isinstance(nested, tuple):
        text += "".join(f"  + {_type_name(part)}: {_message(part)}\n{user_stack_trace(part)}" for part in nested)
    return text


def _cause(error: BaseException) -> BaseException | None:
    if isinstance(error, UserCodeError) and error.user_exception is not None:
        return error.user_exception
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _type_name(error: BaseException) -> str:
    return type(error).__name__


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # a broken __str__ of user code must not hide the failure
        return f"<{type(error).__name__} without a readable message>"


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
