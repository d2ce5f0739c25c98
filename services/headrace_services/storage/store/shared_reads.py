"""Reads that many ask for at one moment, done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class SharedReads:
    """Has those who are woken by the same event, and want the same of it, read together; lives on the event loop.

    Whoever joins a read does so before it begins, so that it shows all that was committed when he was woken.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, asyncio.Task[Any]] = {}

    async def read(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """Returns what `read` gives; `key` must be the same for the same read only."""
        task = self._waiting.get(key)
        if task is None:
            task = self._waiting[key] = asyncio.create_task(self._soon(key, read))
            # Those who asked may all have left before it fails.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        # One who leaves must not take the others' answer along.
        return await asyncio.shield(task)

    async def _soon(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        # Everybody who was woken has his turn first.
        try:
            await asyncio.sleep(0)  # noqa: TID251 - a turn, and no time
        finally:
            del self._waiting[key]
        return await read()
