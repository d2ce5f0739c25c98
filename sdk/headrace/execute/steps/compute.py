"""Calling the user's function of an op or asset, in whichever form it is written."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.event_loop import driven, wait_for

if TYPE_CHECKING:
    from headrace.definitions.ops.signature import Signature


def call(
    function: Any,
    signature: Signature,
    *,
    context: Any,
    config: Any,
    resources: Mapping[str, Any],
    inputs: Mapping[str, Any],
) -> Any:
    """Call a function as its signature wants to be called, and return what it returns: awaited, but not iterated."""
    kwargs = dict(inputs)
    if signature.has_config:
        kwargs["config"] = config
    for name in signature.resources:
        kwargs[name] = resources[name]
    result = function(context, **kwargs) if signature.context else function(**kwargs)
    return wait_for(result) if inspect.isawaitable(result) else result


def yielded(result: Any) -> Iterator[Any]:
    """What a generator yields, one by one."""
    if inspect.isasyncgen(result):
        return driven(result)
    if inspect.isgenerator(result):
        return result
    raise TypeError(f"not a generator: {result!r}")


def is_generator(result: Any) -> bool:
    """Whether a function's result is yet to be iterated."""
    return inspect.isgenerator(result) or inspect.isasyncgen(result)
