"""A wake-up call that coalesces: many calls while nobody waits count as one."""

from __future__ import annotations

import asyncio


class Wake:
    """Lets many tasks call one sleeper up without queueing anything."""

    __slots__ = ("_called", "_sleeper")

    def __init__(self) -> None:
        self._called = False
        self._sleeper: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Wakes the sleeper, or keeps the next `wait` from sleeping."""
        self._called = True
        if self._sleeper is not None:
            _release(self._sleeper)

    async def wait(self, seconds: float | None = None) -> bool:
        """Sleeps until called up, at most `seconds`; tells whether it was called."""
        if not self._called:
            # Not `asyncio.wait_for`: before Python 3.12 it swallows a cancellation that comes together with the call.
            loop = asyncio.get_running_loop()
            self._sleeper = loop.create_future()
            timer = None if seconds is None else loop.call_later(seconds, _release, self._sleeper)
            try:
                await self._sleeper
            finally:
                self._sleeper = None
                if timer is not None:
                    timer.cancel()
        called, self._called = self._called, False
        return called


def _release(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
