"""One call in progress: what its two sides share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from headrace.rpc.channel import RECEIVE_LIMIT_BYTES
from headrace_services.kit.local.pipe import Pipe

Pairs = tuple[tuple[str, str | bytes], ...]
EOF: Any = grpc.aio.EOF  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended."""

    code: grpc.StatusCode
    details: str = ""
    trailing: Pairs = ()


class Exchange:
    """The state of one call; the first outcome is the one that counts, as on the wire."""

    __slots__ = (
        "_timer",
        "_waiters",
        "callbacks",
        "deadline",
        "initial",
        "initial_sent",
        "metadata",
        "method",
        "outcome",
        "requests",
        "responses",
        "server_task",
    )

    def __init__(self, method: str, metadata: Pairs, timeout: float | None) -> None:
        loop = asyncio.get_running_loop()
        self.method = method
        self.metadata = metadata
        self.requests = Pipe()
        self.responses = Pipe()
        self.initial: Pairs = ()
        self.initial_sent = asyncio.Event()
        self.outcome: Outcome | None = None
        self.server_task: asyncio.Task[None] | None = None
        self.callbacks: list[Callable[[], Any]] = []
        self._waiters: list[asyncio.Future[None]] = []
        self.deadline = None if timeout is None else loop.time() + timeout
        self._timer = None if timeout is None else loop.call_later(timeout, self._expire)

    def time_remaining(self) -> float | None:
        return None if self.deadline is None else max(self.deadline - asyncio.get_running_loop().time(), 0.0)

    def finish(self, outcome: Outcome) -> bool:
        """Ends the call for both sides; tells whether it had not ended before."""
        if self.outcome is not None:
            return False
        self.outcome = outcome
        if self._timer is not None:
            self._timer.cancel()
        self.requests.discard()
        self.responses.close()
        self.initial_sent.set()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        for callback in self.callbacks:
            callback()
        return True

    def cancel(self, code: grpc.StatusCode, details: str) -> bool:
        """Ends the call from outside, and what was answered but not read is lost."""
        ended = self.break_off(Outcome(code, details))
        if ended:
            self.responses.discard()
        return ended

    def break_off(self, outcome: Outcome) -> bool:
        """Ends the call after what was answered so far, and stops the side that serves it."""
        ended = self.finish(outcome)
        if ended and self.server_task is not None:
            self.server_task.cancel()
        return ended

    async def wait(self) -> Outcome:
        """Returns how the call ended, once it has."""
        while self.outcome is None:
            # A future per waiter: canceling one that waits must not end the call for the others.
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
        return self.outcome

    def send_initial(self, pairs: Pairs) -> None:
        self.initial = pairs
        self.initial_sent.set()

    def _expire(self) -> None:
        self.cancel(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")


def too_large(message: bytes, receiver: str) -> Outcome | None:
    """Returns the outcome of receiving `message`, if it is beyond the limit."""
    if len(message) <= RECEIVE_LIMIT_BYTES:
        return None
    details = f"{receiver}: Received message larger than max ({len(message)} vs. {RECEIVE_LIMIT_BYTES})"
    return Outcome(grpc.StatusCode.RESOURCE_EXHAUSTED, details)


def pairs_of(metadata: Any) -> Pairs:
    """Returns metadata in the one form that is used here."""
    return tuple((key, value) for key, value in metadata or ())


def metadata_of(pairs: Pairs) -> Any:
    """Returns metadata as a client sees it."""
    return grpc.aio.Metadata(*pairs)
