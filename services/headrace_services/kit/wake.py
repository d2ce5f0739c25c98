"""A wake-up call that coalesces: many calls while nobody waits count as one."""

from __future__ import annotations

import asyncio


class Wake:
    """Lets many tasks call one sleeper up without queueing anything."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wakes the sleeper, or keeps the next `wait` from sleeping."""
        self._event.set()

    async def wait(self, seconds: float | None = None) -> bool:
        """Sleeps until called up, at most `seconds`; tells whether it was called."""
        if not self._event.is_set():
            try:
                await asyncio.wait_for(self._event.wait(), seconds)
            except asyncio.TimeoutError:
                return False
        self._event.clear()
        return True
