"""Partitions that are windows of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from functools import cached_property
from zoneinfo import ZoneInfo

from headrace.definitions.partitions.keys import RANGE_SEPARATOR, PartitionKeyRange
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore, effective_time
from headrace.definitions.partitions.partitions_definition import NumberedPartitionsDefinition
from headrace.definitions.partitions.spans import Span
from headrace.definitions.partitions.stored_subset import StoredSubset
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.ticks import KeptTicks, Ticks, is_regular, ticks_of
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.definitions.partitions.window_cron import shifted_cron
from headrace.definitions.partitions.window_keys import format_key, parse_key
from headrace.definitions.partitions.window_spans import WindowsSubset
from headrace.definitions.schedules.cron import check_cron, check_timezone, due_between, due_times
from headrace.errors import InvalidDefinitionError, UnknownPartitionError

DEFAULT_ZONE = "UTC"
_SUNDAY = 0
_FIRST_OF_MONTH = 1
# Keys repeat within a day, a week or a month if they repeat at all.
_ENOUGH_TO_REPEAT = 1500


class ScheduleType(Enum):
    """How often windows start."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class TimeWindowPartitionsDefinition(NumberedPartitionsDefinition):
    """Partitions that are windows of time, from one due time of a cron string to the next.

    A window is there once it has ended. Nothing is computed before it is asked for, and counts and ranges are arithmetic.

    Args:
        start: The first window is the first that does not start before it: a datetime, or text in the form of `fmt`.
        fmt: The form of the keys, as in `strftime`: the start of a window in the time zone.
        end: No window ends after it.
        schedule_type: How often windows start; or give `cron_schedule`.
        timezone: The time zone; UTC when left out.
        end_offset: How many windows more (or fewer, if negative) are there than have ended.
        minute_offset: The minute at which windows start.
        hour_offset: The hour at which windows of days or more start.
        day_offset: The day on which windows start: of the week, with Sunday as 0, or of the month.
        cron_schedule: When windows start.
        exclusions: Starts of windows that are left out: datetimes, or cron strings.
    """

    def __init__(
        self,
        start: datetime | str,
        fmt: str,
        end: datetime | str | None = None,
        schedule_type: ScheduleType | None = None,
        timezone: str | None = None,
        end_offset: int = 0,
        minute_offset: int | None = None,
        hour_offset: int | None = None,
        day_offset: int | None = None,
        cron_schedule: str | None = None,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        self._what = type(self).__name__
        self.timezone: str = check_timezone(timezone or DEFAULT_ZONE)
        self._zone = ZoneInfo(self.timezone)
        self.fmt = fmt
        self.start: datetime = self._moment(start, "start")
        self.end: datetime | None = None if end is None else self._moment(end, "end")
        if isinstance(end_offset, bool) or not isinstance(end_offset, int):
            raise InvalidDefinitionError(f"{self._what}: end_offset is a whole number, not {end_offset!r}.")
        self.end_offset = end_offset
        given = (schedule_type, minute_offset, hour_offset, day_offset)
        if cron_schedule is not None:
            if any(each is not None for each in given):
                raise InvalidDefinitionError(
                    f"{self._what}: give either cron_schedule, or schedule_type and offsets of minute, hour and day."
                )
            self.cron_schedule: str = cron_schedule if is_regular(cron_schedule) else check_cron(cron_schedule)
        elif schedule_type is None:
            raise InvalidDefinitionError(f"{self._what}: give schedule_type or cron_schedule.")
        else:
            cron = cron_of(schedule_type, minute_offset or 0, hour_offset or 0, day_offset)
            self.cron_schedule = cron if is_regular(cron) else check_cron(cron)
        self.exclusions: tuple[str | datetime, ...] = tuple(self._exclusion(each) for each in exclusions or ())

    @property
    def tzinfo(self) -> ZoneInfo:
        """The time zone."""
        return self._zone

    @cached_property
    def ticks(self) -> Ticks:
        """When windows start."""
        every = ticks_of(self.cron_schedule, self._zone, self.start.astimezone(timezone.utc))
        if not self.exclusions:
            return every
        crons = [each for each in self.exclusions if isinstance(each, str)]
        instants = [each.astimezone(timezone.utc) for each in self.exclusions if isinstance(each, datetime)]
        return KeptTicks(every, self._zone, crons, instants)

    def validate_partition_definition(self) -> None:
        """Raises `InvalidDefinitionError` if windows that follow each other have the same key."""
        count = min(self.get_num_partitions(), _ENOUGH_TO_REPEAT)
        keys = [self.key_at(number) for number in range(count)]
        if len(set(keys)) < count:
            raise InvalidDefinitionError(
                "This partition set contains multiple time ranges that map to the same partition key. This usually "
                f"indicates that the partition set's format string ({self.fmt}) is not granular enough to produce a "
                f"unique key for each time in the cron schedule ({self.cron_schedule})."
            )

    @property
    def minute_offset(self) -> int:
        """The minute at which windows start, where there is one."""
        return self._cron_number(0)

    @property
    def hour_offset(self) -> int:
        """The hour at which windows start, where there is one."""
        return self._cron_number(1)

    @property
    def day_offset(self) -> int:
        """The day of the month or of the week on which windows start, where there is one; 0 for days and hours."""
        return self._cron_number(2) or self._cron_number(4)

    def _cron_number(self, place: int) -> int:
        parts = self.cron_schedule.split()
        return int(parts[place]) if len(parts) > place and parts[place].isdigit() else 0

    # Numbers and keys

    def key_at(self, number: int) -> str:
        """The key of a window."""
        start = self.ticks.start(number).astimezone(self._zone)
        # Only where clocks were set back is the first of two the question at all.
        return format_key(start, self.fmt, is_second=bool(start.fold) and self.is_window_start(start.replace(fold=0)))

    def number_of(self, partition_key: str) -> int | None:
        """The number of a window; None for what can never be the key of one."""
        for instant in parse_key(partition_key, self.fmt, self._zone):
            number = self.ticks.ceil(instant)
            if 0 <= number < self._most and self.key_at(number) == str(partition_key):
                return number
        return None

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many windows have ended, and `end_offset` more."""
        now = self._instant(effective_time(current_time))
        ended = self.ticks.ended(now)
        if self.end_offset >= 0:
            return int(min(max(0, ended + self.end_offset - self._still_to_end(now)), self._most))
        return int(max(0, min(ended, self._most) + self.end_offset))

    def _still_to_end(self, instant: datetime) -> int:
        """How many windows before the first one are still to end, `end_offset` at most."""
        if not self.end_offset or instant >= self.start:
            return 0
        first = next(due_times(self.cron_schedule, self.timezone, self.start - timedelta(microseconds=1)))
        return len(due_between(self.cron_schedule, self.timezone, instant, first, self.end_offset))

    def subset_of_spans(self, spans: Iterable[Span] = ()) -> WindowsSubset:
        """The windows of ranges of numbers, their ends not included."""
        return WindowsSubset(self, spans)

    def _subset_of(self, stored: StoredSubset) -> PartitionsSubset:
        if stored.keys:
            return self.subset_with_partition_keys(stored.keys)
        return self.subset_of_spans(map(self._span_of, stored.windows))

    def _span_of(self, window: tuple[float, float]) -> Span:
        start, end = (datetime.fromtimestamp(moment, self.tzinfo) for moment in window)
        return self.ticks.ended(start), self.ticks.ceil(end)

    def get_cron_schedule(
        self,
        minute_of_hour: int | None = None,
        hour_of_day: int | None = None,
        day_of_week: int | None = None,
        day_of_month: int | None = None,
    ) -> str:
        """A cron string for when windows have ended, or for some time after.

        Args:
            minute_of_hour: The minute.
            hour_of_day: The hour.
            day_of_week: The day of the week; Sunday is 0.
            day_of_month: The day of the month.
        """
        return shifted_cron(self.cron_schedule, minute_of_hour, hour_of_day, day_of_week, day_of_month)

    def is_window_start(self, dt: datetime) -> bool:
        """Whether a window starts at a time."""
        instant = self._instant(dt)
        number = self.ticks.ceil(instant)
        return number >= 0 and self.ticks.start(number) == instant

    # Windows

    def window_at(self, number: int) -> TimeWindow:
        """A window, in the time zone of the partitions."""
        zone = self._zone
        return TimeWindow(self.ticks.start(number).astimezone(zone), self.ticks.end(number).astimezone(zone))

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window that a key stands for."""
        return self.window_at(self.require_number(partition_key))

    def time_windows_for_partition_keys(self, partition_keys: Iterable[str]) -> Sequence[TimeWindow]:
        """The windows that keys stand for."""
        return [self.time_window_for_partition_key(key) for key in partition_keys]

    def start_time_for_partition_key(self, partition_key: str) -> datetime:
        """When the window starts that a key stands for."""
        return self.time_window_for_partition_key(partition_key).start

    def end_time_for_partition_key(self, partition_key: str) -> datetime:
        """When the window ends that a key stands for."""
        return self.time_window_for_partition_key(partition_key).end

    def get_first_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The first window; None if there is none yet."""
        return self.window_at(0) if self.get_num_partitions(current_time) else None

    def get_last_partition_window(self, current_time: datetime | None = None) -> TimeWindow | None:
        """The last window; None if there is none yet."""
        count = self.get_num_partitions(current_time)
        return self.window_at(count - 1) if count else None

    def get_next_partition_window(self, end_dt: datetime, respect_bounds: bool = True) -> TimeWindow | None:
        """The first window that does not start before a time.

        Args:
            end_dt: The time.
            respect_bounds: Whether it must be one of the partitions that there are; None if it is not.
        """
        number = max(0, self.ticks.ceil(self._instant(end_dt)))
        return None if respect_bounds and number >= self.get_num_partitions() else self.window_at(number)

    def get_prev_partition_window(self, start_dt: datetime, respect_bounds: bool = True) -> TimeWindow | None:
        """The last window that ends not after a time.

        Args:
            start_dt: The time.
            respect_bounds: Whether it must be one of the partitions that there are; None if it is not.
        """
        number = self.ticks.ended(self._instant(start_dt)) - 1
        if number < 0 or (respect_bounds and number >= self.get_num_partitions()):
            return None
        return self.window_at(number)

    # Neighbours and ranges

    def get_next_partition_key(self, partition_key: str, current_time: datetime | None = None) -> str | None:
        """The key after a key; None if it is the last."""
        number = self.require_number(partition_key) + 1
        return self.key_at(number) if number < self.get_num_partitions(current_time) else None

    def get_prev_partition_key(self, partition_key: str) -> str | None:
        """The key before a key; None if it is the first."""
        number = self.require_number(partition_key) - 1
        return self.key_at(number) if number >= 0 else None

    def get_partition_key_for_timestamp(self, timestamp: float, end_closed: bool = False) -> str:
        """The key of the window that a time falls into.

        Args:
            timestamp: The time, as seconds since 1970.
            end_closed: Whether the end of a window belongs to it, and not to the next.
        """
        instant = datetime.fromtimestamp(timestamp, timezone.utc)
        number = self.ticks.floor(instant)
        if end_closed and number >= 0 and self.ticks.start(number) == instant:
            number -= 1
        if number < 0:
            raise UnknownPartitionError(f"{instant.isoformat()} is before the first partition, {self.key_at(0)!r}.")
        return self.key_at(number)

    def numbers_in_window(self, time_window: TimeWindow) -> tuple[int, int]:
        """The numbers of the windows that start in a span of time; the end is not included."""
        start, end = (self.ticks.ceil(self._instant(each)) for each in time_window)
        return max(0, start), max(0, end)

    def get_partition_keys_in_time_window(self, time_window: TimeWindow) -> Sequence[str]:
        """The keys of the windows that start in a span of time."""
        return [self.key_at(number) for number in range(*self.numbers_in_window(time_window))]

    def get_num_partitions_in_window(self, time_window: TimeWindow) -> int:
        """How many windows start in a span of time."""
        start, end = self.numbers_in_window(time_window)
        return max(0, end - start)

    def has_any_partitions_in_window(self, time_window: TimeWindow) -> bool:
        """Whether a window starts in a span of time."""
        return self.get_num_partitions_in_window(time_window) > 0

    def get_partition_key_range_for_time_window(self, time_window: TimeWindow) -> PartitionKeyRange:
        """The keys of the first and the last window that start in a span of time."""
        start, end = self.numbers_in_window(time_window)
        if start >= end:
            raise UnknownPartitionError(f"No partition starts in the time from {time_window[0]} to {time_window[1]}.")
        return PartitionKeyRange(self.key_at(start), self.key_at(end - 1))

    # Behind it

    @cached_property
    def _most(self) -> float:
        """How many windows there can ever be."""
        return float("inf") if self.end is None else max(0, self.ticks.ended(self.end.astimezone(timezone.utc)))

    def _moment(self, given: datetime | str, name: str) -> datetime:
        if isinstance(given, datetime):
            return given.replace(tzinfo=self._zone) if given.tzinfo is None else given.astimezone(self._zone)
        instants = parse_key(given, self.fmt, self._zone) if isinstance(given, str) else ()
        if not instants:
            raise InvalidDefinitionError(
                f"{self._what}: its {name} {given!r} is neither a datetime nor text in the form {self.fmt!r}."
            )
        return instants[0].astimezone(self._zone)

    def _exclusion(self, given: str | datetime) -> str | datetime:
        return self._moment(given, "exclusion") if isinstance(given, datetime) else check_cron(given)

    def _instant(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(timezone.utc)

    def get_partition_key(self, key: str | date) -> str:
        """The key as it is written among the keys of the set.

        Args:
            key: A key, or the start of a window.
        """
        if isinstance(key, date):
            return key.strftime(self.fmt)
        if not parse_key(key, self.fmt, self._zone):
            raise UnknownPartitionError(f"{key!r} is no partition key: {self._hint(key, None)}.")
        return key

    def _hint(self, partition_key: str, current_time: datetime | None) -> str:
        instants = parse_key(partition_key, self.fmt, self._zone)
        if instants and instants[0] < self.start.astimezone(timezone.utc):
            return f"it is before the partitions definition start time; {super()._hint(partition_key, current_time)}"
        if instants and self.end is not None and self.ticks.end(self.ticks.floor(instants[0])) > self.end:
            return f"it is after the partitions definition end time; {super()._hint(partition_key, current_time)}"
        if RANGE_SEPARATOR not in partition_key and not parse_key(partition_key, self.fmt, self._zone):
            return f"keys have the form {self.fmt!r}, such as {self.key_at(0)!r}"
        return super()._hint(partition_key, current_time)

    def _values(self) -> tuple[object, ...]:
        return (
            self.start.timestamp(),
            self.timezone,
            self.fmt,
            self.cron_schedule,
            self.end and self.end.timestamp(),
            self.end_offset,
            frozenset(self.exclusions),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimeWindowPartitionsDefinition) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __str__(self) -> str:
        start = format_key(self.start, self.fmt)
        end = f" End offsetted by {self.end_offset} partition{'' if self.end_offset == 1 else 's'}."
        return f"{self._rhythm}, starting {start} {self.timezone}.{end if self.end_offset else ''}"

    @property
    def _rhythm(self) -> str:
        """How often windows start, for people."""
        return self.cron_schedule

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(start={self.start.isoformat()}, timezone={self.timezone!r}, fmt={self.fmt!r}, "
            f"cron_schedule={self.cron_schedule!r}, end={self.end and self.end.isoformat()}, "
            f"end_offset={self.end_offset})"
        )


def cron_of(schedule_type: ScheduleType, minute: int, hour: int, day: int | None) -> str:
    """The cron string of regular windows."""
    if schedule_type is ScheduleType.HOURLY:
        return f"{minute} * * * *"
    if schedule_type is ScheduleType.DAILY:
        return f"{minute} {hour} * * *"
    if schedule_type is ScheduleType.WEEKLY:
        return f"{minute} {hour} * * {_SUNDAY if day is None else day}"
    return f"{minute} {hour} {_FIRST_OF_MONTH if day is None else day} * *"
