"""Calling the user's function of an op or asset, in whichever form it is written."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any

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
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


def yielded(result: Any) -> Iterator[Any]:
    """What a generator yields, one by one; an asynchronous one is driven by a loop of its own."""
    if inspect.isasyncgen(result):
        return _drive(result)
    if inspect.isgenerator(result):
        return result
    raise TypeError(f"not a generator: {result!r}")


def is_generator(result: Any) -> bool:
    """Whether a function's result is yet to be iterated."""
    return inspect.isgenerator(result) or inspect.isasyncgen(result)


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def _drive(generator: AsyncIterator[Any]) -> Iterator[Any]:
    loop = asyncio.new_event_loop()
    try:
        while True:
            try:
                step: Coroutine[Any, Any, Any] = _awaited(generator.__anext__())
                value = loop.run_until_complete(step)
            except StopAsyncIteration:
                return
            yield value
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
