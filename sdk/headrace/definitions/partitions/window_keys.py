"""The keys of windows of time: their start as text, and back.

When clocks are set back an hour comes twice. The first has the plain key, the second its offset behind it; where windows
start in one of the two only, that one has the plain key.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

_OFFSET = "%z"
_WITHIN_AN_HOUR = ("%H", "%I", "%X", "%c", "%s")


def format_key(start: datetime, fmt: str, *, is_second: bool = False) -> str:
    """The key of a window.

    Args:
        start: Its start, in the time zone of the keys.
        fmt: The form of the keys.
        is_second: Whether a window starts an hour before it whose start reads the same.
    """
    text = start.strftime(fmt)
    tells_apart = _OFFSET not in fmt and any(each in fmt for each in _WITHIN_AN_HOUR)
    return text + start.strftime(_OFFSET) if is_second and tells_apart else text


@lru_cache(maxsize=65536)
def parse_key(key: str, fmt: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants that a key may name, in UTC, the likelier first; none if it has another form."""
    for form in (fmt, fmt + _OFFSET):
        try:
            reading = datetime.strptime(key, form)
        except ValueError:
            continue
        if reading.tzinfo is not None:
            return (reading.astimezone(timezone.utc),)
        first, second = (reading.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1))
        return (first, second) if first < second else (second,)
    return ()
