"""The queue of steps that could start now, by priority, as far as the limits let them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from headrace.execute.scheduling.limits import Group, Slot, TagLimit, TagSlots

Entry = tuple[int, int, str]


class ReadyQueue:
    """Hands out steps in order; a step whose limit is reached is passed over until a slot is free.

    Steps that were passed over are parked by group, and only the first of a group comes back when a slot is freed. So
    the cost of a start does not grow with the number of steps that wait.
    """

    def __init__(self, limits: Iterable[TagLimit] = ()) -> None:
        self._slots = TagSlots(limits)
        self._ready: list[Entry] = []
        self._parked: dict[Group, list[Entry]] = {}
        self._groups_of: dict[Slot, set[Group]] = {}
        self._group: dict[str, Group] = {}

    def push(self, key: str, *, priority: int, place: int, tags: Mapping[str, str]) -> None:
        """Add a step; a higher priority goes first, then the lower place."""
        if key not in self._group:
            self._group[key] = self._slots.group(tags)
        heapq.heappush(self._ready, (-priority, place, key))

    def pop(self) -> str | None:
        """Take the next step that may start, together with its slots."""
        while self._ready:
            entry = heapq.heappop(self._ready)
            group = self._group[entry[2]]
            if self._slots.take(group):
                self._unpark(group)
                return entry[2]
            self._park(group, entry)
        return None

    def release(self, key: str) -> None:
        """The step ended: free its slots."""
        group = self._group[key]
        self._slots.free(group)
        for slot in group:
            for waiting in tuple(self._groups_of.get(slot, ())):
                self._unpark(waiting)

    def clear(self) -> None:
        """Forget every step that has not started."""
        self._ready.clear()
        self._parked.clear()
        self._groups_of.clear()

    def _park(self, group: Group, entry: Entry) -> None:
        heapq.heappush(self._parked.setdefault(group, []), entry)
        for slot in group:
            self._groups_of.setdefault(slot, set()).add(group)

    def _unpark(self, group: Group) -> None:
        parked = self._parked.get(group)
        if not parked:
            return
        heapq.heappush(self._ready, heapq.heappop(parked))
        if not parked:
            del self._parked[group]
            for slot in group:
                self._groups_of[slot].discard(group)
