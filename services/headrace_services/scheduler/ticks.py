"""When schedules are due. Pure: a function of cron strings, zone, what was committed, and now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from headrace.definitions.schedules.cron import due_times, next_due, previous_due

_INSTANT = timedelta(microseconds=1)


class Cadence(NamedTuple):
    """The moments that a schedule stands for.

    Attributes:
        crons: Cron strings; due when any of them is.
        zone: The time zone in which they are read.
    """

    crons: tuple[str, ...]
    zone: str = "UTC"

    def next_after(self, moment: datetime) -> datetime:
        """Returns the first due time after a moment."""
        return _next_after(self, moment)

    def latest_until(self, moment: datetime) -> datetime:
        """Returns the last due time that is not after a moment."""
        return previous_due(self.crons, self.zone, moment + _INSTANT)

    def preview(self, after: datetime, count: int) -> list[datetime]:
        """Returns the first due times after a moment."""
        stream = due_times(self.crons, self.zone, after)
        return [next(stream) for _ in range(count)]


# Schedules of one cadence that were due together are due together next time.
@lru_cache(maxsize=4096)
def _next_after(cadence: Cadence, moment: datetime) -> datetime:
    return next_due(cadence.crons, cadence.zone, moment)


def counted_from(moments: Sequence[datetime | None]) -> datetime:
    """Returns the moment after which ticks count: the latest of those that are known.

    Args:
        moments: The newest committed tick, the moment it was switched on, the moment its code switched it on; at least one.
    """
    return max(moment for moment in moments if moment is not None)
