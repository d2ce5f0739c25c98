"""When sensors are evaluated. Pure."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

LEAST_INTERVAL = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(minutes=5)
_MOST_DOUBLINGS = 8
# Sensors that a restart finds due all at once are spread over this much.
_SPREAD = timedelta(seconds=1)
# Sensors that an outage made fail together are not asked together for ever.
_JITTER = 0.2


def interval(minimum: timedelta, failures: int) -> timedelta:
    """Returns the time between two evaluations: longer for a sensor that keeps failing."""
    base = max(minimum, LEAST_INTERVAL)
    if failures == 0:
        return base
    backed_off: timedelta = base * 2 ** min(failures, _MOST_DOUBLINGS)
    return max(base, min(backed_off, LONGEST_BACKOFF))


def next_evaluation(
    minimum: timedelta,
    failures: int,
    last: datetime | None,
    active_since: datetime | None,
    now: datetime,
    name: str = "",
) -> datetime:
    """Returns when a sensor is to be evaluated next; it may have passed.

    Args:
        minimum: Its own shortest interval.
        failures: How often it has failed in a row.
        last: Its newest tick; None if there is none.
        active_since: When it was switched on; evaluated at once then.
        now: The present moment.
        name: Its name, which decides about its share of the jitter.
    """
    if last is None or (active_since is not None and active_since > last):
        return active_since or now
    wait = interval(minimum, failures)
    return last + (wait * (1 + _JITTER * _share(name)) if failures else wait)


def earliest(woken: datetime, last: datetime | None) -> datetime:
    """Returns when a sensor that was woken is evaluated: at once, unless it just was."""
    return woken if last is None else max(woken, last + LEAST_INTERVAL)


def spread(name: str) -> timedelta:
    """Returns how long a sensor waits that a restart finds due together with all others."""
    return _SPREAD * _share(name)


def _share(name: str) -> float:
    return zlib.crc32(name.encode()) % 1000 / 1000
