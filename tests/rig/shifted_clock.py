"""A wall clock that says what a test wants, and runs on from there."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone


class ShiftedClock:
    """The machine's clock, set to another moment."""

    def __init__(self, now: datetime) -> None:
        self._offset = now - datetime.now(timezone.utc)

    def now(self) -> datetime:
        """Returns the wall time."""
        return datetime.now(timezone.utc) + self._offset

    def monotonic(self) -> float:
        """Returns seconds since some fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits in real time."""
        await asyncio.sleep(max(0.0, seconds))

    def step(self, by: timedelta) -> None:
        """Sets the clock forward or back."""
        self._offset += by
