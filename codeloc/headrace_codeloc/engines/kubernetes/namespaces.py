"""The namespaces that workloads are in: those of the settings, and whichever a location has its Jobs made in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Namespaces:
    """Those that are known by now; used from one event loop."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}
        self._learned = asyncio.Condition()

    @property
    def known(self) -> list[str]:
        """In the order in which they were learned."""
        return list(self._known)

    async def learn(self, *namespaces: str) -> None:
        """Adds namespaces, known or not."""
        new = [each for each in namespaces if each not in self._known]
        if new:
            async with self._learned:
                self._known.update(dict.fromkeys(new))
                self._learned.notify_all()

    async def each(self) -> AsyncIterator[str]:
        """Yields each once, and waits for more."""
        count = 0
        while True:
            async with self._learned:
                await self._learned.wait_for(lambda: len(self._known) > count)  # noqa: B023 (called before it changes)
            for namespace in self.known[count:]:
                count += 1
                yield namespace
