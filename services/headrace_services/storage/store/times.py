"""Moments as the tables hold them: microseconds since 1970, in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_ORIGIN = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)

SECOND = 1_000_000
DAY = 24 * 3600 * SECOND


def micros(moment: datetime) -> int:
    return (moment - _ORIGIN) // _MICROSECOND
