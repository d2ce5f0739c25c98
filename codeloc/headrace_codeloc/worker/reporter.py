"""Reports the events of a run in batches, in the background, each stored exactly once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from headrace.api.types.v1.event_pb2 import Event as EventMessage
from headrace.execute.events.event import Event
from headrace.faults import point
from headrace.wire.events import to_event
from headrace_codeloc.worker.lease import Lease

LINGER_SECONDS = 0.02
"""How long the first event of a batch waits for others."""
BATCH_EVENTS = 200
LAST_BATCH_EVENTS = 500
BATCH_BYTES = 1_000_000
MOST_QUEUED = 2_000
"""Beyond it, whoever has an event to tell waits: user code cannot outrun the coordinator without bound."""


class Storing(Protocol):
    """What stores batches of events."""

    def report(self, batch: int, events: Sequence[EventMessage], lease: Lease) -> bool:
        """Stores a batch, trying until the lease ends; returns whether the run is to be canceled."""
        ...


class Reporter:
    """Takes events from any thread and reports them in order.

    Args:
        coordinator: Gets them.
        lease: Says how long to try.
        cancel: Called when the coordinator says that the run is to be canceled.
        abandon: Called when a batch cannot be stored any more.
    """

    def __init__(
        self,
        coordinator: Storing,
        lease: Lease,
        *,
        cancel: Callable[[], None],
        abandon: Callable[[Exception], None],
    ) -> None:
        self._coordinator = coordinator
        self._lease = lease
        self._cancel = cancel
        self._abandon = abandon
        self._queue: deque[Event | EventMessage] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._batch = 0
        self._held_back: EventMessage | None = None
        self._thread = threading.Thread(target=self._run, name="headrace-reporter", daemon=True)

    def start(self) -> None:
        """Begins to report."""
        self._thread.start()

    def emit(self, event: Event | EventMessage) -> None:
        """Takes an event; waits while too many are queued."""
        with self._changed:
            while len(self._queue) >= MOST_QUEUED:
                self._changed.wait()
            self._queue.append(event)
            if len(self._queue) in (1, BATCH_EVENTS):
                self._changed.notify_all()

    def close(self) -> tuple[int, Sequence[EventMessage]]:
        """Reports all but the last batch; returns its number, 0 if there is none, and its events."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        events = self._take(LAST_BATCH_EVENTS)
        while self._queue or self._held_back is not None:
            self._report(events)
            events = self._take(LAST_BATCH_EVENTS)
        return (self._batch + 1, events) if events else (0, ())

    def _run(self) -> None:
        try:
            while self._gather():
                self._report(self._take(BATCH_EVENTS))
        except Exception as error:
            self._abandon(error)

    def _gather(self) -> bool:
        """Waits until a batch is due; false when there are to be no more."""
        with self._changed:
            while not self._queue and self._held_back is None and not self._closing:
                self._changed.wait()
            due = time.monotonic() + LINGER_SECONDS
            while len(self._queue) < BATCH_EVENTS and not self._closing:
                left = due - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            return not self._closing

    def _take(self, most: int) -> list[EventMessage]:
        """Takes what fits into one batch off the queue."""
        messages: list[EventMessage] = []
        size = 0
        while len(messages) < most:
            message = self._next()
            if message is None:
                break
            size += message.ByteSize() + 8
            if messages and size > BATCH_BYTES:
                self._held_back = message
                break
            messages.append(message)
        with self._changed:
            self._changed.notify_all()
        return messages

    def _next(self) -> EventMessage | None:
        if self._held_back is not None:
            message, self._held_back = self._held_back, None
            return message
        try:
            event = self._queue.popleft()
        except IndexError:
            return None
        return to_event(event) if isinstance(event, Event) else event

    def _report(self, events: Sequence[EventMessage]) -> None:
        if not events:
            return
        canceled = self._coordinator.report(self._batch + 1, events, self._lease)
        point("reporter.after_ack_before_trim")
        self._batch += 1
        if canceled:
            self._cancel()
