"""Time as a value that is handed in, so that what depends on it can be tested without waiting.

Two clocks that must not be mixed: `Clock.now` is wall time, which may jump and is only for people and for due times;
`Clock.monotonic` never goes back and is the only measure of how long something took or may still take.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """What services use for time and for waiting."""

    def now(self) -> datetime:
        """Returns the wall time, in UTC and aware of it."""
        ...

    def monotonic(self) -> float:
        """Returns seconds since some fixed moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits, letting other tasks run."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Returns the wall time, in UTC and aware of it."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Returns seconds since some fixed moment; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits, letting other tasks run."""
        await asyncio.sleep(max(0.0, seconds))
