"""Who is due when: a heap, so that what is not due costs nothing."""

from __future__ import annotations

import heapq
from datetime import datetime

from headrace_services.scheduler.instigators import Key


class Timetable:
    """Holds at most one moment per key; setting another replaces it."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Key]] = []
        self._current: dict[Key, int] = {}
        self._counter = 0

    def __len__(self) -> int:
        return len(self._current)

    def set(self, key: Key, due: datetime) -> None:
        """Says when a key is due."""
        self._counter += 1
        self._current[key] = self._counter
        heapq.heappush(self._heap, (due, self._counter, key))
        if len(self._heap) > 64 + 2 * len(self._current):
            # What was replaced stays in the heap until it comes up; too much of it is thrown out.
            self._heap = [item for item in self._heap if self._is_current(item)]
            heapq.heapify(self._heap)

    def remove(self, key: Key) -> None:
        """Says that a key is not due at all."""
        self._current.pop(key, None)

    def next(self) -> datetime | None:
        """Returns the earliest moment; None if nothing is due ever."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: datetime) -> list[Key]:
        """Takes out and returns the keys that are due, the longest overdue first."""
        due: list[Key] = []
        while (earliest := self.next()) is not None and earliest <= now:
            key = heapq.heappop(self._heap)[2]
            del self._current[key]
            due.append(key)
        return due

    def _is_current(self, item: tuple[datetime, int, Key]) -> bool:
        return self._current.get(item[2]) == item[1]
