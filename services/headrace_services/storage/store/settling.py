"""Wakes the readers of the feed when committed events that a longer transaction held back can be read.

Nobody tells when that transaction ends, so somebody has to look; one task does for all readers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from headrace.clock import Clock
from headrace.errors import ServiceError
from headrace_services.storage.store.database import Database, Position
from headrace_services.storage.store.reader import Reader

_FIRST_SECONDS, _LONGEST_SECONDS = 0.01, 0.2


class Settling:
    """Looks at the horizon as long as it is behind what was committed, and not longer."""

    def __init__(self, database: Database, reader: Reader, clock: Clock, wake: Callable[[], None]) -> None:
        self._database = database
        self._reader = reader
        self._clock = clock
        self._wake = wake
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Has readers woken when there is more to read."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(), name="storage settling")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        pause, seen = _FIRST_SECONDS, None
        while True:
            await self._clock.sleep(pause)
            try:
                head, settled = await self._reader.run(self._look)
            except ServiceError:
                # The readers meet the same error, and tell it.
                head, settled = None, True
            if head != seen:
                self._wake()
            if settled:
                return
            pause = _FIRST_SECONDS if head != seen else min(2 * pause, _LONGEST_SECONDS)
            seen = head

    def _look(self, connection: Connection) -> tuple[Position | None, bool]:
        head = self._database.head(connection)
        return head, self._database.is_settled(connection, head)
