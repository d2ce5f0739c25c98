"""Hearing of events as they are stored: only a wake-up call, for whoever is woken reads for himself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from headrace.api.storage.v1.event_log_service_pb2 import EventFilter, WatchEventsRequest, WatchEventsResponse
from headrace.api.types.v1.event_pb2 import Event
from headrace.clock import Clock
from headrace.errors import LocationUnreachableError
from headrace_services.kit.follow import Follower
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.stubs import Storage

_READY_SECONDS = 10.0
# A sensor that was just switched on begins at a place that was passed before; clocks may differ by the margin.
_MARK_EVERY, _MARKS, _MARGIN = timedelta(seconds=1), 300, timedelta(seconds=5)


class Feed:
    """Follows the events of some kinds; begins when it is first needed, for most instances never need it."""

    def __init__(
        self,
        name: str,
        kinds: Sequence[str],
        storage: Storage,
        clock: Clock,
        tasks: Tasks,
        heard: Callable[[Sequence[Event]], None],
        missed: Callable[[], None],
    ) -> None:
        """Prepares it.

        Args:
            name: For logs.
            kinds: Of events.
            storage: Where they are.
            clock: For marks.
            tasks: Where it follows.
            heard: Is told of events.
            missed: Is told that there may have been events before.
        """
        self.filter = EventFilter(kinds=kinds)
        self._name = name
        self._clock = clock
        self._tasks = tasks
        self._heard = heard
        self._missed = missed
        self._marks: deque[tuple[datetime, str]] = deque(maxlen=_MARKS)
        self._ready: asyncio.Event | None = None
        self._storage = storage
        self._follower = Follower(name, self._open, self._take, clock)

    async def ready(self) -> None:
        """Returns when what is stored from now on will be heard of.

        Raises:
            LocationUnreachableError: storage does not tell now.
        """
        if self._ready is None:
            self._ready = asyncio.Event()
            self._tasks.spawn(self._follower.run(), self._name)
        try:
            await asyncio.wait_for(self._ready.wait(), _READY_SECONDS)
        except asyncio.TimeoutError:
            raise LocationUnreachableError(f"{self._name} cannot be followed now") from None

    def mark_before(self, moment: datetime) -> str:
        """Returns a place in the feed before which nothing happened later than a moment; empty: the beginning."""
        return next((cursor for then, cursor in reversed(self._marks) if then <= moment - _MARGIN), "")

    def _open(self, cursor: str) -> Any:
        if not cursor and self._ready is not None:
            # The place is lost, because the database is another one: what happened meanwhile is not known.
            self._ready.clear()
        request = WatchEventsRequest(filter=self.filter, cursor=cursor, from_now=not cursor)
        return self._storage.events.WatchEvents(request)

    async def _take(self, answer: WatchEventsResponse) -> None:
        now = self._clock.now()
        if self._ready is not None and not self._ready.is_set():
            self._missed()
            self._ready.set()
        elif answer.events:
            self._heard(answer.events)
        if answer.caught_up and (not self._marks or now - self._marks[-1][0] >= _MARK_EVERY):
            self._marks.append((now, answer.cursor))
