"""The boundary between a run and the pools whose slots its steps share with the steps of other runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ask:
    """A step that could start if it had a slot of its pool."""

    key: str
    pool: str
    priority: int = 0


class Slots(Protocol):
    """Gets slots for the steps of one run; called from the thread that executes it."""

    def claim(self, asks: Sequence[Ask]) -> Collection[str]:
        """Ask for slots; returns the steps that have theirs now. The others wait, and turn up in `granted`."""

    def granted(self) -> Collection[str]:
        """Take the steps that waited and have their slots now; the run is woken when there are some."""

    def release(self, key: str) -> None:
        """Give a step's slot back, or stop waiting for it."""

    def close(self) -> None:
        """Ask for nothing more. What is held ends with the run."""
