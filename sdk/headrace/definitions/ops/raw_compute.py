"""Functions that take all inputs as one dict, for ops that are put together by hand."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from headrace.definitions.ops.outputs import Output
from headrace.definitions.ops.signature import Signature
from headrace.errors import InvariantViolationError
from headrace.undefined import UNDEFINED


def raw_compute(function: Callable[[Any, dict[str, Any]], Any]) -> tuple[Callable[..., Any], Signature]:
    """A function of a context and a dict of inputs, as one of a context and inputs by name, with its signature."""

    @wraps(function)
    def compute(context: Any, **inputs: Any) -> Any:
        result = function(context, inputs)
        if isinstance(result, Output):
            raise InvariantViolationError(
                f'Compute function for op "{context.op.name}" returned an Output, where it is to yield it: such a function is a '
                "generator."
            )
        return result

    signature = Signature(
        context="context",
        config=UNDEFINED,
        resources=(),
        inputs=(),
        returns=UNDEFINED,
        takes_any=True,
        is_generator=inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function),
        is_async=inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function),
    )
    return compute, signature
