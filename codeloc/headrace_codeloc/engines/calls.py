"""Calls of an engine's own client, which block: each has a thread, and all share one connection."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_MOST_REMEMBERED = 10_000


class Threads:
    """Makes blocking calls for an event loop; the calls themselves must have deadlines.

    Args:
        kind: The engine, for the names of threads.
        count: How many calls are made at a time; others wait.
    """

    def __init__(self, kind: str, count: int = 8) -> None:
        self._pool = ThreadPoolExecutor(count, f"headrace-{kind}")

    async def do(self, act: Callable[..., T], *args: Any) -> T:
        """Returns what a call returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: act(*args))

    def close(self) -> None:
        """Makes no more calls; those that were begun come to their end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Connected(Generic[T]):
    """A connection that is made when it is first needed, and once, however many threads come for it.

    Args:
        connect: Makes it.
    """

    def __init__(self, connect: Callable[[], T]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._made: T | None = None

    def get(self) -> T:
        """Returns it."""
        # A connection that nobody keeps is one that nobody closes.
        with self._lock:
            if self._made is None:
                self._made = self._connect()
            return self._made

    def take(self) -> T | None:
        """Returns it for somebody to close; None if none was made."""
        with self._lock:
            taken, self._made = self._made, None
            return taken


class Told:
    """What was told already, as far back as an engine repeats itself."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, identity: str) -> bool:
        return identity in self._ids

    def add(self, identity: str) -> None:
        """Remembers it; the oldest are forgotten."""
        self._ids[identity] = None
        if len(self._ids) > _MOST_REMEMBERED:
            self._ids.popitem(last=False)
