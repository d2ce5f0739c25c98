"""Wakes those who wait for work or events, inside this process; loses nothing but may wake too often.

They are woken in the order in which they came, so that what happens can be made to happen again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from headrace_services.kit.wake import Wake
from headrace_services.storage.store.hints import Hints


class WorkWatch:
    """One watcher of work."""

    def __init__(self, kinds: frozenset[int]) -> None:
        self.kinds = kinds
        self._pending: set[int] = set()
        self._wake = Wake()

    def add(self, kinds: set[int] | frozenset[int]) -> None:
        """Wakes the watcher if one of the kinds concerns it."""
        wanted = self.kinds & kinds
        if wanted:
            self._pending |= wanted
            self._wake.set()

    async def next(self, seconds: float) -> set[int]:
        """Returns the kinds of which there may be work; none after `seconds` without any."""
        await self._wake.wait(seconds)
        pending, self._pending = self._pending, set()
        return pending


class Signals:
    """All watchers of this process; lives on its event loop."""

    def __init__(self) -> None:
        self.work_version = 0
        self._work: dict[WorkWatch, None] = {}
        self._events: defaultdict[str, dict[Wake, None]] = defaultdict(dict)

    def publish(self, hints: Hints) -> None:
        """Wakes those whom a transaction concerns."""
        if hints.kinds:
            self.work_version += 1
            for watch in self._work:
                watch.add(hints.kinds)
        if hints.all_runs:
            for wakes in self._events.values():
                _wake(wakes)
            return
        for run_id in hints.run_ids:
            _wake(self._events.get(run_id))
        if hints.run_ids:
            self.publish_feed()

    def publish_feed(self) -> None:
        """Wakes those who read all events."""
        _wake(self._events.get(""))

    @property
    def event_watchers(self) -> int:
        """How many watch events."""
        return sum(len(wakes) for wakes in self._events.values())

    @contextmanager
    def work(self, kinds: frozenset[int]) -> Iterator[WorkWatch]:
        """Watches work of these kinds."""
        watch = WorkWatch(kinds)
        self._work[watch] = None
        try:
            yield watch
        finally:
            del self._work[watch]

    @contextmanager
    def events(self, run_id: str) -> Iterator[Wake]:
        """Watches the events of a run, or of all runs if it is empty."""
        wake = Wake()
        self._events[run_id][wake] = None
        try:
            yield wake
        finally:
            del self._events[run_id][wake]
            if not self._events[run_id]:
                del self._events[run_id]


def _wake(wakes: Iterable[Wake] | None) -> None:
    for wake in wakes or ():
        wake.set()
