"""The event loop that asynchronous resources share with the ops and assets that use them."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
_shared = threading.local()


def is_async_manager(function: Callable[..., Any]) -> bool:
    """Whether a function makes a context manager for `async with`."""
    return inspect.isasyncgenfunction(inspect.unwrap(function))


@contextmanager
def opened(manager: Any) -> Iterator[Any]:
    """Enters a context manager of either kind; asynchronous code from then on runs on the loop of such a one."""
    if isinstance(manager, AbstractContextManager) or not isinstance(manager, AbstractAsyncContextManager):
        with manager as value:
            yield value
        return
    with _borrowed() as loop:
        value = loop.run_until_complete(manager.__aenter__())
        try:
            yield value
        except BaseException as error:
            if not loop.run_until_complete(manager.__aexit__(type(error), error, error.__traceback__)):
                raise
        else:
            loop.run_until_complete(manager.__aexit__(None, None, None))


@contextmanager
def on_loop(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    """Has asynchronous resources that are opened inside of it use a loop of the caller's."""
    before = _current()
    _shared.loop = loop or before
    try:
        yield
    finally:
        _shared.loop = before


def wait_for(awaitable: Any) -> Any:
    """What an awaitable comes to: on the loop that resources share with it, or on one of its own."""
    loop = _current()
    waiting: Coroutine[Any, Any, Any] = _awaited(awaitable)
    return asyncio.run(waiting) if loop is None else loop.run_until_complete(waiting)


def driven(generator: AsyncIterator[T]) -> Iterator[T]:
    """What an asynchronous generator yields, one by one."""
    with _borrowed() as loop:
        try:
            while True:
                try:
                    value = loop.run_until_complete(_awaited(generator.__anext__()))
                except StopAsyncIteration:
                    return
                yield value
        finally:
            loop.run_until_complete(_closed(generator))


async def _closed(generator: Any) -> None:
    await generator.aclose()


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


@contextmanager
def _borrowed() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of whoever came first; it ends with them."""
    loop = _current()
    if loop is not None:
        yield loop
        return
    _shared.loop = loop = asyncio.new_event_loop()
    try:
        yield loop
    finally:
        _shared.loop = None
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _current() -> asyncio.AbstractEventLoop | None:
    loop: asyncio.AbstractEventLoop | None = getattr(_shared, "loop", None)
    return None if loop is None or loop.is_closed() else loop
