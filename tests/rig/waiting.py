"""Waiting on conditions with a deadline, in place of sleeps that hide races."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.1
# Costs nothing where all is well. How fast something is has to be said by the test that promises it.
PATIENCE = 30.0


class NeverHappenedError(AssertionError):
    """The condition did not become true before the deadline."""

    def __init__(self, what: str, timeout: float, last: object) -> None:
        super().__init__(f"{what} did not happen within {timeout:g} s; last seen: {last!r}")


def wait_until(
    predicate: Callable[[], T],
    timeout: float = PATIENCE,
    what: str = "the condition",
    retry_on: tuple[type[BaseException], ...] = (),
) -> T:
    """Calls `predicate` until it answers something true and returns that answer.

    Exceptions named in `retry_on` count as "not yet"; every other one passes through.
    """
    deadline = time.monotonic() + timeout
    pause = FIRST_PAUSE
    while True:
        try:
            last: object = predicate()
        except retry_on as error:
            last = error
        else:
            if last:
                return last  # type: ignore[return-value]
        if time.monotonic() > deadline:
            raise NeverHappenedError(what, timeout, last)
        time.sleep(pause)  # noqa: TID251
        pause = min(pause * 1.5, LONGEST_PAUSE)


async def wait_until_async(
    predicate: Callable[[], Awaitable[T]],
    timeout: float = PATIENCE,
    what: str = "the condition",
    retry_on: tuple[type[BaseException], ...] = (),
) -> T:
    """Like `wait_until`, for a condition that is itself awaited."""
    deadline = time.monotonic() + timeout
    pause = FIRST_PAUSE
    while True:
        try:
            last: object = await predicate()
        except retry_on as error:
            last = error
        else:
            if last:
                return last  # type: ignore[return-value]
        if time.monotonic() > deadline:
            raise NeverHappenedError(what, timeout, last)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


async def eventually(condition: Callable[[], object], timeout: float = PATIENCE) -> None:
    """Like `wait_until`, for a condition that other tasks of the same event loop bring about."""

    async def predicate() -> object:
        return condition()

    await wait_until_async(predicate, timeout, getattr(condition, "__name__", "the condition"))
