"""The warm pool: interpreters that have loaded the code and wait, for code that a fork would break.

Each serves one worker and is replaced. For evaluations a few are kept and used again: they need to be ended in time, not to
be fresh.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any

from headrace.errors import LocationNotLoadedError
from headrace_codeloc.front.host_link import HostLink, NotLoadedError
from headrace_codeloc.front.loading import Loader
from headrace_codeloc.host.main import MEMBER

logger = logging.getLogger(__name__)

MOST_EVALUATORS = 2
"""Idle members that are kept for further evaluations."""


class Pool:
    """Members ready for use, as many as wanted, once somebody has asked for the first.

    Args:
        loader: Starts members.
        size: How many to keep ready.
        most_loading: How many may load at once: importing is work for a whole core.
    """

    def __init__(self, loader: Loader, size: int, most_loading: int = 4) -> None:
        self._loader = loader
        self._size = size
        self._ready: deque[HostLink] = deque()
        self._evaluators: deque[HostLink] = deque()
        self._slots = asyncio.Semaphore(most_loading)
        self._loading = 0
        self._generation = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def fill(self) -> None:
        """Begins to load what is missing."""
        for _ in range(self._size - len(self._ready) - self._loading):
            self._loading += 1
            self._spawn(self._add())

    def reset(self) -> None:
        """Lets go of all members: the code has changed."""
        self._generation += 1
        for member in (*self._ready, *self._evaluators):
            member.hang_up()
        self._ready.clear()
        self._evaluators.clear()

    async def take(self) -> HostLink:
        """Returns a fresh member, for one worker; another takes its place.

        Raises:
            LocationNotLoadedError: the code does not load any more.
        """
        member = self._alive(self._ready)
        self.fill()
        return member or await self.spawn()

    async def spawn(self) -> HostLink:
        """Returns a member that was started just now."""
        async with self._slots:
            try:
                return await self._loader.load(MEMBER)
            except NotLoadedError as error:
                raise LocationNotLoadedError(f"the location's code does not load: {error}") from error

    async def borrow(self) -> tuple[HostLink, int]:
        """Returns a member for an evaluation, and what to give back with it."""
        generation = self._generation
        return self._alive(self._evaluators) or await self.take(), generation

    def give_back(self, member: HostLink, generation: int) -> None:
        """Keeps a member for the next evaluation, unless the code has changed since or enough are kept."""
        if generation != self._generation or member.closed.is_set() or len(self._evaluators) >= MOST_EVALUATORS:
            member.hang_up()
        else:
            self._evaluators.append(member)

    async def exit_code(self, member: HostLink) -> int | None:
        """Returns how a member that has hung up ended; None if nobody tells."""
        return await self._loader.exit_code(member)

    async def stop(self) -> None:
        """Lets go of everything."""
        self.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _add(self) -> None:
        generation = self._generation
        try:
            member = await self.spawn()
        except LocationNotLoadedError as error:
            logger.warning("a member of the pool did not load", extra={"reason": str(error)})
            return
        finally:
            self._loading -= 1
        if generation == self._generation:
            self._ready.append(member)
        else:
            member.hang_up()

    def _alive(self, members: deque[HostLink]) -> HostLink | None:
        while members:
            member = members.popleft()
            if not member.closed.is_set():
                return member
        return None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
