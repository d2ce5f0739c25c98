"""The time that a partition stands for."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class TimeWindow(NamedTuple):
    """A span of time.

    Attributes:
        start: When it starts.
        end: When it ends; the end itself is not part of it.
    """

    start: datetime
    end: datetime

    @property
    def is_empty(self) -> bool:
        """Whether it has no length."""
        return self.start == self.end
