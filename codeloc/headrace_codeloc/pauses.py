"""How long to wait before something that failed is tried again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NoReturn


class Pauses:
    """Pauses that double from `first` to `longest`, each shortened by chance: those who failed together shall not come back so."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._coming = first

    @property
    def begins(self) -> bool:
        """Whether there was none yet since the last success."""
        return self._coming == self._first

    def next(self) -> float:
        """Returns the next one, in seconds."""
        coming, self._coming = self._coming, min(2 * self._coming, self._longest)
        return random.uniform(coming / 2, coming)

    def reset(self) -> None:
        """Begins with the first one again: it went well."""
        self._coming = self._first


async def persist(act: Callable[[], Awaitable[None]], pauses: Pauses, failed: Callable[[Exception], None]) -> NoReturn:
    """Does something until it is canceled: again when it came to an end, and also when it failed.

    Args:
        act: What is done.
        pauses: How long to wait before it is done again; `act` resets them when it goes well.
        failed: Told why it failed.
    """
    while True:
        try:
            await act()
        except Exception as error:
            failed(error)
        await asyncio.sleep(pauses.next())
