"""Where simulated services take time and ids from."""

from __future__ import annotations

import asyncio
import random
import uuid
from datetime import datetime, timedelta, timezone

EPOCH = datetime(2026, 3, 1, 11, 59, 30, tzinfo=timezone.utc)


class VirtualClock:
    """The time of one machine; what it shows can be put off the truth."""

    def __init__(self) -> None:
        self.skew = timedelta()

    def now(self) -> datetime:
        """Returns the wall time."""
        return EPOCH + self.skew + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Returns seconds since the beginning."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(max(0.0, seconds))


class SeededIds:
    """Ids that a seed decides."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._count = 0

    def uuid7(self) -> str:
        """Returns a new UUID of version 7."""
        self._count += 1
        millisecond = int((EPOCH.timestamp() + asyncio.get_running_loop().time()) * 1000)
        version = (0x7 << 12) | (self._count & 0xFFF)
        return str(uuid.UUID(int=(millisecond << 80) | (version << 64) | (0b10 << 62) | self._chance.getrandbits(62)))

    def token(self) -> str:
        """Returns a token."""
        return f"{self._chance.getrandbits(128):032x}"
