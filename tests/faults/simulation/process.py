"""A simulated process: code that runs in its context can be frozen and killed between any two callbacks."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar


class Process:
    """One incarnation of a service, a location or a worker.

    Attributes:
        name: The member of the deployment that it is, such as `scheduler-1`.
        alive: Whether it was not killed yet.
        goes_on: Whether it is neither killed nor frozen.
        over: Set when it is killed.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.goes_on = True
        self.over = asyncio.Event()
        self._put_off: list[asyncio.Handle] = []

    def put_off(self, handle: asyncio.Handle) -> None:
        """Keeps what is to be done when it goes on."""
        if self.alive:
            self._put_off.append(handle)

    def take_up(self) -> list[asyncio.Handle]:
        """Goes on; returns what there is to do."""
        self.goes_on = self.alive
        found, self._put_off = self._put_off, []
        return found

    def end(self) -> None:
        """Is killed: nothing that it was about to do is ever done."""
        self.alive = self.goes_on = False
        self._put_off.clear()
        self.over.set()

    def __repr__(self) -> str:
        return self.name


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)
