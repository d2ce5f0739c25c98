"""Numbered instants at which time windows start: 0 is the first that is not before the start of all partitions.

Where a cron string is one of the usual shapes (every hour, day, week or month), numbers and instants are converted by
arithmetic, however many lie between; other cron strings are walked, once.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

from headrace.definitions.schedules.cron import due_times, instant_of
from headrace.errors import InvalidDefinitionError

_HOUR = 3600
_WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
_REGULAR = re.compile(r"^(\d{1,2}) (\d{1,2}) (?:\* \* ([0-6*])|(\d{1,2}) \* \*)$")
_EVERY_HOUR = re.compile(r"^(?:(\d{1,2})|\*(?:/(\d{1,2}))?) \* \* \* \*$")
_FIELD = re.compile(r"^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?$")
_HOURS = 24
_MOST_EXCLUDED_IN_A_ROW = 10_000
_SHORTEST_MONTH = 28
_LAST_YEAR_LOOKED_AT = 2038


class Ticks(ABC):
    """Numbered instants, ascending, in UTC."""

    @abstractmethod
    def start(self, number: int) -> datetime:
        """The instant of a number."""

    @abstractmethod
    def floor(self, instant: datetime) -> int:
        """The number of the last tick that is not after an instant; -1 or less if there is none."""

    def end(self, number: int) -> datetime:
        """When the window ends that starts at a tick."""
        return self.start(number + 1)

    def ceil(self, instant: datetime) -> int:
        """The number of the first tick that is not before an instant."""
        number = self.floor(instant)
        return number if number >= 0 and self.start(number) == instant else number + 1

    def ended(self, instant: datetime) -> int:
        """How many windows have ended at an instant."""
        return max(0, self.floor(instant))


class HourTicks(Ticks):
    """Every hour, at some minutes of a zone whose offsets differ by whole hours."""

    def __init__(self, start: datetime, phase: int, minutes: Sequence[int]) -> None:
        self._seconds = [minute * 60 for minute in minutes]
        self._phase = phase
        self._first = 0
        self._first = self.floor(start)
        if self.start(0) < start:
            self._first += 1

    def start(self, number: int) -> datetime:
        """The instant of a number."""
        hour, place = divmod(self._first + number, len(self._seconds))
        return datetime.fromtimestamp(self._phase + hour * _HOUR + self._seconds[place], timezone.utc)

    def floor(self, instant: datetime) -> int:
        """The number of the last tick that is not after an instant."""
        hour, second = divmod(instant.timestamp() - self._phase, _HOUR)
        return int(hour) * len(self._seconds) + bisect_right(self._seconds, second) - 1 - self._first


class ReadingTicks(Ticks, ABC):
    """At readings of the wall clock that have numbers of their own."""

    def __init__(self, start: datetime, zone: ZoneInfo, at: time) -> None:
        self._zone = zone
        self._at = at
        self._first = 0
        self._first = self.ceil(start)

    def start(self, number: int) -> datetime:
        """The instant of a number."""
        return instant_of(datetime.combine(self._day(self._first + number), self._at), self._zone)

    def floor(self, instant: datetime) -> int:
        """The number of the last tick that is not after an instant."""
        number = self._number(instant.astimezone(self._zone).date()) - self._first
        while self.start(number) > instant:
            number -= 1
        while self.start(number + 1) <= instant:
            number += 1
        return number

    def ceil(self, instant: datetime) -> int:
        """The number of the first tick that is not before an instant."""
        number = self.floor(instant)
        return number if self.start(number) == instant else number + 1

    @abstractmethod
    def _day(self, number: int) -> date: ...

    @abstractmethod
    def _number(self, day: date) -> int: ...


class DayTicks(ReadingTicks):
    """Every day at one time."""

    def _day(self, number: int) -> date:
        return date.fromordinal(number)

    def _number(self, day: date) -> int:
        return day.toordinal()


class WeekTicks(ReadingTicks):
    """Every week on one day at one time; Sunday is 0."""

    def __init__(self, start: datetime, zone: ZoneInfo, at: time, weekday: int) -> None:
        self._weekday = weekday
        super().__init__(start, zone, at)

    def _day(self, number: int) -> date:
        # The ordinal 7 is a Sunday.
        return date.fromordinal(number * 7 + self._weekday)

    def _number(self, day: date) -> int:
        return (day.toordinal() - self._weekday) // 7


class MonthTicks(ReadingTicks):
    """Every month on one day at one time."""

    def __init__(self, start: datetime, zone: ZoneInfo, at: time, day: int) -> None:
        self._month_day = day
        super().__init__(start, zone, at)

    def _day(self, number: int) -> date:
        return date(number // 12, number % 12 + 1, self._month_day)

    def _number(self, day: date) -> int:
        return day.year * 12 + day.month - 1


class TimesOfDayTicks(Ticks):
    """Every day at several times, none of which falls together with another where clocks are set forward."""

    def __init__(self, start: datetime, zone: ZoneInfo, times: Sequence[time]) -> None:
        self._zone = zone
        self._times = times
        self._first = 0
        self._first = self.ceil(start)

    def start(self, number: int) -> datetime:
        """The instant of a number."""
        day, place = divmod(self._first + number, len(self._times))
        return instant_of(datetime.combine(date.fromordinal(day), self._times[place]), self._zone)

    def floor(self, instant: datetime) -> int:
        """The number of the last tick that is not after an instant."""
        day = instant.astimezone(self._zone).date().toordinal()
        base = day * len(self._times) - self._first
        places = range(len(self._times))
        return base + bisect_right(places, instant, key=lambda place: self.start(base + place)) - 1

    def ceil(self, instant: datetime) -> int:
        """The number of the first tick that is not before an instant."""
        number = self.floor(instant)
        return number if self.start(number) == instant else number + 1


class CronTicks(Ticks):
    """The due times of any cron string; walked as far as is asked for, and remembered."""

    def __init__(self, start: datetime, zone: ZoneInfo, cron: str) -> None:
        self._known: list[datetime] = []
        self._rest: Iterator[datetime] = due_times(cron, zone.key, start - timedelta(microseconds=1))

    def start(self, number: int) -> datetime:
        """The instant of a number."""
        while len(self._known) <= number:
            self._known.append(next(self._rest))
        return self._known[max(number, 0)]

    def floor(self, instant: datetime) -> int:
        """The number of the last tick that is not after an instant; -1 if there is none."""
        while self.start(max(0, len(self._known) - 1)) <= instant:
            self._known.append(next(self._rest))
        return bisect_right(self._known, instant) - 1


class KeptTicks(Ticks):
    """Ticks without some of them; windows end where they would end with all of them."""

    def __init__(self, ticks: Ticks, zone: ZoneInfo, crons: list[str], instants: list[datetime]) -> None:
        self._all = ticks
        self._instants = frozenset(instants)
        start = ticks.start(0)
        self._excluded = [CronTicks(start, zone, cron) for cron in crons]
        self._kept: list[int] = []
        self._seen = 0

    def start(self, number: int) -> datetime:
        """The instant of a number."""
        return self._all.start(self._kept_at(number))

    def end(self, number: int) -> datetime:
        """When the window ends that starts at a tick."""
        return self._all.start(self._kept_at(number) + 1)

    def floor(self, instant: datetime) -> int:
        """The number of the last tick that is not after an instant; -1 if there is none."""
        return bisect_right(self._kept_until(self._all.floor(instant)), self._all.floor(instant)) - 1

    def ended(self, instant: datetime) -> int:
        """How many windows have ended at an instant."""
        number = self._all.floor(instant)
        return bisect_left(self._kept_until(number), number)

    def _kept_at(self, number: int) -> int:
        while len(self._kept) <= number:
            if self._seen - (self._kept[-1] if self._kept else 0) > _MOST_EXCLUDED_IN_A_ROW:
                raise InvalidDefinitionError("The exclusions of these partitions leave no more windows of time.")
            self._kept_until(self._seen)
        return self._kept[max(number, 0)]

    def _kept_until(self, number: int) -> list[int]:
        while self._seen <= number:
            if not self._is_excluded(self._all.start(self._seen)):
                self._kept.append(self._seen)
            self._seen += 1
        return self._kept

    def _is_excluded(self, instant: datetime) -> bool:
        if instant in self._instants:
            return True
        return any(each.start(max(0, each.floor(instant))) == instant for each in self._excluded)


def is_regular(cron: str) -> bool:
    """Whether the due times of a cron string are arithmetic in most time zones."""
    text = _WORDS.get(cron, cron)
    if _EVERY_HOUR.match(text):
        return bool(_minutes(text))
    found = _REGULAR.match(text)
    if found is None:
        return False
    minute, hour, _, day = found.groups()
    return int(minute) < 60 and int(hour) < 24 and 1 <= int(day or 1) <= _SHORTEST_MONTH


def ticks_of(cron: str, zone: ZoneInfo, start: datetime) -> Ticks:
    """The due times of a cron string in a zone, from a start on."""
    text = _WORDS.get(cron, cron)
    found = _REGULAR.match(text) if is_regular(cron) else None
    if found is None:
        return _ticks_within_days(text, zone, start) or CronTicks(start, zone, text)
    minute, hour, weekday, day = found.groups()
    at = time(int(hour), int(minute))
    if day is not None:
        return MonthTicks(start, zone, at, int(day))
    return DayTicks(start, zone, at) if weekday == "*" else WeekTicks(start, zone, at, int(weekday))


def _ticks_within_days(cron: str, zone: ZoneInfo, start: datetime) -> Ticks | None:
    """The due times of a cron string that is due at the same times every day; None if they are no arithmetic."""
    minute, hour, *days = cron.split()
    minutes, hours = _values(minute, 60), _values(hour, 24)
    if not minutes or not hours or days != ["*", "*", "*"]:
        return None
    if len(hours) == _HOURS:
        phase = _phase(zone, start)
        return None if phase is None else HourTicks(start, phase, minutes)
    times = [time(hour, minute) for hour in hours for minute in minutes]
    return None if _fall_together(times, zone, start) else TimesOfDayTicks(start, zone, times)


def _values(field: str, end: int) -> Sequence[int]:
    """The numbers that a field of a cron string stands for, ascending; none if it says more than numbers."""
    found: set[int] = set()
    for part in field.split(","):
        match = _FIELD.match(part)
        if match is None:
            return ()
        first, last, step = match.groups()
        low = int(first or 0)
        high = int(last) if last is not None else (low if first is not None and step is None else end - 1)
        if not (low <= high < end and int(step or 1) > 0):
            return ()
        found.update(range(low, high + 1, int(step or 1)))
    return sorted(found)


def _fall_together(times: Sequence[time], zone: ZoneInfo, start: datetime) -> bool:
    """Whether some of the times of a day are one instant, on a day on which clocks are set forward."""
    first, last = start.astimezone(zone).date(), date(max(start.year, _LAST_YEAR_LOOKED_AT) + 1, 1, 1)
    days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal()))
    offsets = ((day, datetime.combine(day, time(), zone).utcoffset()) for day in days)
    return any(
        len({instant_of(datetime.combine(day, each), zone) for each in times}) < len(times)
        for (day, before), (_, after) in pairwise(offsets)
        if before != after
    )


def _minutes(cron: str) -> Sequence[int]:
    """The minutes of every hour at which a cron string is due; none if there are no such."""
    found = _EVERY_HOUR.match(cron)
    assert found is not None
    minute, step = found.groups()
    if minute is not None:
        return [int(minute)] if int(minute) < 60 else []
    return range(0, 60, int(step or 1)) if step is None or 0 < int(step) < 60 else []


def _phase(zone: ZoneInfo, start: datetime) -> int | None:
    """The seconds past the UTC hour at which an hour starts in a zone; None if they change with its offset."""
    years = range(start.year, max(start.year, _LAST_YEAR_LOOKED_AT) + 1)
    moments = [start, *(datetime(year, month, 1, tzinfo=timezone.utc) for year in years for month in (2, 5, 8, 11))]
    offsets = [int((each.astimezone(zone).utcoffset() or timedelta()).total_seconds()) for each in moments]
    if any((one - other) % _HOUR for one, other in pairwise(offsets)):
        return None
    return -offsets[0] % _HOUR
