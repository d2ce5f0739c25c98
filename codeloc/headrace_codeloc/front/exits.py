"""The newest ends of workers, to be followed with a cursor."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence

from headrace.api.codeloc.v1.worker_host_service_pb2 import WorkerExit
from headrace.errors import CursorExpiredError

MOST_REMEMBERED = 10_000


class ExitLog:
    """A bounded log in memory: it ends with the front, and so do its cursors.

    Args:
        log_id: Tells this log's cursors from those of another front.
        most: How many ends to remember.
    """

    def __init__(self, log_id: str, most: int = MOST_REMEMBERED) -> None:
        self._id = log_id
        self._exits: deque[WorkerExit] = deque(maxlen=most)
        self._last = 0
        self._changed = asyncio.Event()

    def add(self, worker_exit: WorkerExit) -> None:
        """Appends the end of a worker."""
        self._exits.append(worker_exit)
        self._last += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def position(self, cursor: str) -> int:
        """Returns how many ends a cursor has seen.

        Raises:
            CursorExpiredError: it is another log's, or what follows it is forgotten.
        """
        first = self._last - len(self._exits)
        if not cursor:
            return first
        log_id, _, number = cursor.rpartition(":")
        position = int(number) if number.isdecimal() else -1
        if log_id != self._id or not first <= position <= self._last:
            raise CursorExpiredError(
                "what followed this cursor is not known here: take the workers for lost when their leases end",
                metadata={"oldest_cursor": self.cursor(first)},
            )
        return position

    def cursor(self, position: int) -> str:
        """Returns the cursor that has seen so many ends."""
        return f"{self._id}:{position}"

    def after(self, position: int, most: int) -> Sequence[WorkerExit]:
        """Returns the ends that follow, oldest first."""
        skipped = position - (self._last - len(self._exits))
        return list(itertools.islice(self._exits, max(skipped, 0), max(skipped, 0) + most))

    def is_newest(self, position: int) -> bool:
        """Tells whether nothing follows."""
        return position >= self._last

    async def wait(self, position: int, seconds: float) -> None:
        """Waits until something follows, at most that many seconds."""
        if position < self._last:
            return
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except asyncio.TimeoutError:
            pass
