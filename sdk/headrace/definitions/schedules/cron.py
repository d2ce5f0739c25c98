"""Cron strings and their due times: pure arithmetic on instants.

Wall-clock time is not a clock: in a zone with daylight saving time some readings do not occur and others occur twice.
A schedule means readings, so:

- a reading that does not occur is due at the first instant after the gap;
- a reading that occurs twice is due once, the second time;
- but a schedule of every hour is due every hour, both times.

The due times of several cron strings are those of all of them, each instant once.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from itertools import islice, pairwise
from types import ModuleType
from zoneinfo import ZoneInfo

from headrace.definitions.notices import warn_user
from headrace.errors import InvalidCronError

_FIELDS = {"minutes": 60, "hours": 24, "days of the month": 31, "months": 12, "days of the week": 7}
_STEP = re.compile(r"/(\d+)")
_WORDS = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
_HOUR_FIELD = 1
# February 29 can be eight years away: 2096 to 2104.
_LONGEST_WAIT_YEARS = 9
_LEAP_YEAR = datetime(2024, 1, 1)
_AMONG_INTERVALS = datetime(2024, 1, 1, tzinfo=timezone.utc)
# More than there are days in a year.
_INTERVALS = 400
_LONGEST_SHIFT = timedelta(hours=3)


def check_cron(cron: object) -> str:
    """Returns the cron string if it is one of five fields, or a word such as `@daily`."""
    if not isinstance(cron, str):
        raise InvalidCronError(f"A cron schedule is a string, not {cron!r}.")
    text = cron.strip()
    if text.startswith("@") and text not in _WORDS:
        raise InvalidCronError(f"Found invalid cron schedule {cron!r}: it is none of {', '.join(_WORDS)}.")
    if not text.startswith("@") and len(text.split()) != 5:
        raise InvalidCronError(
            f"Found invalid cron schedule {cron!r}: it has {len(text.split())} fields; it must have five: "
            "minute, hour, day of month, month, day of week."
        )
    library = _croniter()
    try:
        schedule = library.croniter(text, _LEAP_YEAR, max_years_between_matches=_LONGEST_WAIT_YEARS)
    except (library.CroniterError, AttributeError, KeyError, ValueError) as error:
        raise InvalidCronError(f"Found invalid cron schedule {cron!r}: {str(error).rstrip('.')}.") from None
    try:
        schedule.get_next(datetime)
    except library.CroniterBadDateError:
        raise InvalidCronError(f"Found invalid cron schedule {cron!r}: it never comes due.") from None
    _warn_of_long_steps(text)
    return text


def _warn_of_long_steps(cron: str) -> None:
    """A step that is longer than its field is not what it looks like: `*/90` minutes is once an hour."""
    if "/" not in cron:
        return
    for (noun, most), part in zip(_FIELDS.items(), cron.split(), strict=False):
        steps = [int(step) for step in _STEP.findall(part)]
        if steps and max(steps) > most:
            warn_user(
                f"Found a cron schedule with an interval greater than the expected range: {cron!r} has a step of {max(steps)} in "
                f"its field of {noun}, of which there are {most}, so that it comes due once in each round of them."
            )


def check_timezone(name: object) -> str:
    """Returns the name if it is that of a time zone, such as `Europe/Berlin`."""
    if not isinstance(name, str):
        raise InvalidCronError(f"A time zone is a string such as 'Europe/Berlin', not {name!r}.")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidCronError(f"There is no time zone {name!r}; give a name such as 'Europe/Berlin'.") from None
    return name


def next_due(cron: str | Sequence[str], zone: str, after: datetime) -> datetime:
    """The first due time after an instant, in UTC."""
    return next(due_times(cron, zone, after))


def previous_due(cron: str | Sequence[str], zone: str, before: datetime) -> datetime:
    """The last due time before an instant, in UTC."""
    return max(_latest(each, ZoneInfo(zone), _utc(before)) for each in _as_list(cron))


def due_between(
    cron: str | Sequence[str], zone: str, after: datetime, until: datetime, limit: int | None = None
) -> list[datetime]:
    """The due times after one instant and not after another, in UTC, at most `limit` of them."""
    found: list[datetime] = []
    for due in due_times(cron, zone, after):
        if due > until or (limit is not None and len(found) >= limit):
            break
        found.append(due)
    return found


def due_times(cron: str | Sequence[str], zone: str, after: datetime) -> Iterator[datetime]:
    """All due times after an instant, in UTC, in order and without end."""
    streams = [_stream(each, ZoneInfo(zone), _utc(after)) for each in _as_list(cron)]
    last = None
    for due in heapq.merge(*streams):
        if due != last:
            yield due
        last = due


def is_due(cron: str | Sequence[str], zone: str, instant: datetime) -> bool:
    """Whether an instant is a due time."""
    return next_due(cron, zone, instant - timedelta(microseconds=1)) == _utc(instant)


@lru_cache(maxsize=256)
def smallest_interval(cron: str) -> timedelta:
    """The shortest time between two due times that follow each other, where clocks are never changed."""
    due = list(islice(due_times(cron, "UTC", _AMONG_INTERVALS), _INTERVALS + 1))
    return min(later - earlier for earlier, later in pairwise(due))


def _stream(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Due times of one cron string after an instant, in order."""
    last = after
    for due in _hourly(cron, zone, after) if _is_hourly(cron) else _by_reading(cron, zone, after):
        # Several readings inside one gap are due at the same instant.
        if due > last:
            yield due
            last = due


def _by_reading(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    # Started before any shift could have hidden a reading, so that none is missed; what is not after is dropped.
    readings = _croniter().croniter(cron, _reading(after, zone) - _LONGEST_SHIFT)
    while True:
        yield instant_of(readings.get_next(datetime), zone)


def _hourly(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Due times of a cron string that is due in every hour of its days.

    Between two shifts of the zone's offset readings and instants go in step, so it is walked in pieces of one offset.
    """
    instant = after
    while True:
        offset = _offset(instant, zone)
        readings = _croniter().croniter(cron, (instant + offset).replace(tzinfo=None))
        while True:
            due = (readings.get_next(datetime) - offset).replace(tzinfo=timezone.utc)
            if _offset(due, zone) != offset:
                break
            instant = due
            yield due
        instant = _shift_between(instant, due, zone) - timedelta(microseconds=1)
        # The shift itself may be due, so the walk goes on from the instant before it, at the new offset.
        yield from _first_after_shift(cron, zone, instant)
        instant = instant + timedelta(microseconds=1)


def _first_after_shift(cron: str, zone: ZoneInfo, before: datetime) -> Iterator[datetime]:
    shift = before + timedelta(microseconds=1)
    reading = _reading(shift, zone)
    if _croniter().croniter.match(cron, reading):
        yield shift


def _latest(cron: str, zone: ZoneInfo, before: datetime) -> datetime:
    """The last due time of one cron string before an instant: looks back over ever longer spans."""
    back = _croniter().croniter(cron, _reading(before, zone) + _LONGEST_SHIFT)
    while True:
        start = _utc_of_reading(back.get_prev(datetime), zone) - _LONGEST_SHIFT
        found = None
        for due in _stream(cron, zone, start):
            if due >= before:
                break
            found = due
        if found is not None:
            return found


def instant_of(reading: datetime, zone: ZoneInfo) -> datetime:
    """When a wall-clock reading is due, in UTC."""
    second = reading.replace(tzinfo=zone, fold=1).astimezone(timezone.utc)
    if second.astimezone(zone).replace(tzinfo=None, fold=0) == reading:
        return second
    # The reading falls into a gap. Read with the offset before the gap it lies after the shift, and the other way round.
    first = reading.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
    return _shift_between(min(first, second), max(first, second), zone)


def _shift_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first instant of the offset that the zone has at `after`, where it has another one at `before`."""
    low, high = int(before.timestamp()), int(after.timestamp())
    target = _offset(after, zone)
    while low + 1 < high:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle, timezone.utc), zone) == target:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, timezone.utc)


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _reading(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _utc_of_reading(reading: datetime, zone: ZoneInfo) -> datetime:
    return reading.replace(tzinfo=zone).astimezone(timezone.utc)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidCronError(f"Due times are counted from an instant; {instant.isoformat()} has no time zone.")
    return instant.astimezone(timezone.utc)


@cache
def _croniter() -> ModuleType:
    """The library that reads cron strings; imported when the first one is read."""
    import croniter

    return croniter


@lru_cache(maxsize=4096)
def _is_hourly(cron: str) -> bool:
    """Whether it is due in every hour of its days."""
    hours = _croniter().croniter.expand(cron)[0][_HOUR_FIELD]
    return list(hours) == ["*"]


def _as_list(cron: str | Sequence[str]) -> Sequence[str]:
    return [cron] if isinstance(cron, str) else cron
