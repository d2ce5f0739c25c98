"""Streams that survive interruptions: where each stands, and when to give up. The clients do the waiting."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from headrace.client.call import Stream
from headrace.client.events import RunEvent, read_event
from headrace.errors import DeadlineExceededError, HeadraceError, ResourceExhaustedError, UnavailableError

T_co = TypeVar("T_co", covariant=True)

# A service gives a sign of life every 15 s. A stream is opened anew this often, so that a dead one is noticed.
STREAM_SECONDS = 60.0
PATIENCE_SECONDS = 60.0
_FIRST_DELAY, _LONGEST_DELAY = 0.05, 3.0


class Watch(Protocol[T_co]):
    """A stream that can be opened again where it broke off."""

    done: bool
    may_end_early: bool

    def stream(self) -> Stream:
        """Returns the call that goes on from where it stands."""
        ...

    def take(self, response: Any) -> Sequence[T_co]:
        """Moves on and returns what a response brought."""
        ...


class RunWatch:
    """The events of one run until it is over.

    Attributes:
        cursor: Where it stands.
        done: Whether the run's last event was delivered.
    """

    may_end_early = False

    def __init__(self, make: Callable[[str], Stream], cursor: str = "") -> None:
        self.cursor = cursor
        self.done = False
        self._make = make
        self._sequence = 0

    def stream(self) -> Stream:
        """Returns the call that goes on from the cursor."""
        return self._make(self.cursor)

    def take(self, response: Any) -> list[RunEvent]:
        """Returns the events that were not delivered before."""
        self.cursor = response.cursor or self.cursor
        # Delivery is at least once: what was seen before an interruption may come again.
        fresh = [read_event(event) for event in response.events if event.sequence > self._sequence]
        if fresh:
            self._sequence = fresh[-1].sequence
            self.done = is_end(fresh[-1])
        return fresh


class EventWatch:
    """Events of many runs, without end.

    Attributes:
        cursor: Where it stands.
    """

    done = False
    may_end_early = False

    def __init__(self, make: Callable[[str], Stream], cursor: str = "") -> None:
        self.cursor = cursor
        self._make = make

    def stream(self) -> Stream:
        """Returns the call that goes on from the cursor."""
        return self._make(self.cursor)

    def take(self, response: Any) -> list[RunEvent]:
        """Returns the events of one response."""
        self.cursor = response.cursor or self.cursor
        return [read_event(event) for event in response.events]


class LogWatch:
    """What a step wrote, and, if asked for, goes on to write.

    Attributes:
        offset: The byte it stands at.
        done: Whether the log is complete.
    """

    may_end_early = True

    def __init__(self, make: Callable[[int], Stream], offset: int = 0) -> None:
        self.offset = offset
        self.done = False
        self._make = make

    def stream(self) -> Stream:
        """Returns the call that goes on from the offset."""
        return self._make(self.offset)

    def take(self, response: Any) -> list[bytes]:
        """Returns the bytes of one response."""
        self.offset = response.next_offset or self.offset
        self.done = response.complete
        return [response.data] if response.data else []


class Interruptions:
    """Decides whether a broken stream is opened again, and after how long.

    Args:
        patience: Seconds without any sign of life after which it is given up.
        timeout: Seconds after which the whole is given up, None for never.
    """

    def __init__(self, patience: float, timeout: float | None) -> None:
        now = time.monotonic()
        self._patience = patience
        self._deadline = None if timeout is None else now + timeout
        self._alive = now
        self._failures = 0

    def alive(self) -> None:
        """Takes note of a sign of life."""
        self._alive = time.monotonic()
        self._failures = 0

    def stream_seconds(self) -> float:
        """Returns how long the stream may be open.

        Raises:
            DeadlineExceededError: the time for the whole is up.
        """
        if self._deadline is None:
            return STREAM_SECONDS
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise DeadlineExceededError("it was not over in time; it goes on, and can be waited for again")
        return min(left, STREAM_SECONDS)

    def delay(self, error: HeadraceError) -> float:
        """Returns how long to wait before the stream is opened again; raises `error` if it must not be."""
        ended_by_us = isinstance(error, DeadlineExceededError)
        if not ended_by_us and not isinstance(error, (UnavailableError, ResourceExhaustedError)):
            raise error
        now = time.monotonic()
        if self._deadline is not None and now >= self._deadline:
            return 0.0  # told as what it is, when the stream is to be opened again
        if now - self._alive > self._patience:
            raise error
        if ended_by_us:
            return 0.0
        self._failures += 1
        longest = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** (self._failures - 1))
        left = math.inf if self._deadline is None else self._deadline - now
        return min(left, longest * random.uniform(0.5, 1.0))


def is_end(event: RunEvent) -> bool:
    """Tells whether `event` is the last of its run."""
    return event.kind == "run_state_changed" and event.detail["state"] in ("succeeded", "failed", "canceled")
