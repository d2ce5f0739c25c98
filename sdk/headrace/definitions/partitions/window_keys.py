"""The keys of windows of time: their start as text, and back."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_OFFSET = "%z"
_WITHIN_AN_HOUR = ("%H", "%I", "%X", "%c", "%s")


def format_key(start: datetime, fmt: str) -> str:
    """The key of a window.

    When clocks are set back an hour comes twice. The second one has the plain key, the first one its offset behind it.
    """
    text = start.strftime(fmt)
    if start.fold or _OFFSET in fmt or not any(each in fmt for each in _WITHIN_AN_HOUR):
        return text
    twice = start.replace(fold=1).utcoffset() != start.utcoffset() and _comes_twice(start)
    return text + start.strftime(_OFFSET) if twice else text


@lru_cache(maxsize=65536)
def parse_key(key: str, fmt: str, zone: ZoneInfo) -> datetime | None:
    """The instant that a key names, in UTC; None if it has another form."""
    for form in (fmt, fmt + _OFFSET):
        try:
            reading = datetime.strptime(key, form)
        except ValueError:
            continue
        if reading.tzinfo is None:
            reading = reading.replace(tzinfo=zone, fold=1)
        return reading.astimezone(timezone.utc)
    return None


def _comes_twice(start: datetime) -> bool:
    """Whether a wall-clock reading occurs twice, as opposed to never."""
    second = start.replace(fold=1)
    return second.astimezone(timezone.utc).astimezone(start.tzinfo).replace(fold=1) == second
