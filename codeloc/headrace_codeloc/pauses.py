"""How long to wait before something that failed is tried again."""

from __future__ import annotations

import random


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
