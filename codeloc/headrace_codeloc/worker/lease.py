"""How long this worker may act for its run."""

from __future__ import annotations

import time

from headrace_codeloc.worker.kill_timer import KillTimer

MARGIN_SECONDS = 1.0
"""The worker stops that long before its lease ends: by then another may already have been told to take over."""


class Lease:
    """Counts from before each renewal was sent, on the monotonic clock: never longer than whoever granted it counts.

    The worker itself looks at `deadline`. Should it be unable to, for it was frozen, what `enforce` was given ends it shortly
    after.

    Args:
        ttl: Seconds that each grant holds.
        sent_at: When the first grant was asked for, on the monotonic clock.
    """

    def __init__(self, ttl: float, sent_at: float) -> None:
        self._ttl = ttl
        self._margin = min(MARGIN_SECONDS, ttl / 2)
        self._ends = sent_at + ttl
        self._kill_timer: KillTimer | None = None

    def renew(self, sent_at: float) -> None:
        """Takes note of a grant that was asked for at `sent_at`."""
        self._ends = max(self._ends, sent_at + self._ttl)
        if self._kill_timer is not None:
            self._kill_timer.set(self._ends - self._margin / 2)

    def enforce(self, kill_timer: KillTimer) -> None:
        """From now on the kernel ends this process when the lease ends."""
        self._kill_timer = kill_timer
        self.renew(self._ends - self._ttl)

    @property
    def deadline(self) -> float:
        """When to have stopped, on the monotonic clock."""
        return self._ends - self._margin

    @property
    def seconds_left(self) -> float:
        """Seconds until then; not positive when the worker must have stopped."""
        return self.deadline - time.monotonic()
