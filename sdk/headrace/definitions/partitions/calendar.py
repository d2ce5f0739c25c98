"""Partitions of hours, days, weeks and months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from headrace.definitions.partitions.time_windows import ScheduleType, TimeWindowPartitionsDefinition

DATE_FORMAT = "%Y-%m-%d"
HOUR_FORMAT = "%Y-%m-%d-%H:%M"


class HourlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for every hour.

    Args:
        start_date: The first hour does not start before it; text has the form of `fmt`.
        end_date: No hour ends after it.
        minute_offset: The minute at which hours start.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys; `%Y-%m-%d-%H:%M` when left out.
        end_offset: How many partitions more (or fewer, if negative) are there than hours have ended.
        exclusions: Starts of hours that are left out: datetimes, or cron strings.
    """

    _rhythm = "Hourly"

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            end=end_date,
            schedule_type=ScheduleType.HOURLY,
            minute_offset=minute_offset,
            timezone=timezone,
            fmt=fmt or HOUR_FORMAT,
            end_offset=end_offset,
            exclusions=exclusions,
        )


class DailyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for every day.

    Args:
        start_date: The first day does not start before it; text has the form of `fmt`.
        end_date: No day ends after it.
        minute_offset: The minute at which days start.
        hour_offset: The hour at which days start.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys; `%Y-%m-%d` when left out.
        end_offset: How many partitions more (or fewer, if negative) are there than days have ended.
        exclusions: Starts of days that are left out: datetimes, or cron strings.
    """

    _rhythm = "Daily"

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            end=end_date,
            schedule_type=ScheduleType.DAILY,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            timezone=timezone,
            fmt=fmt or DATE_FORMAT,
            end_offset=end_offset,
            exclusions=exclusions,
        )


class WeeklyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for every week.

    Args:
        start_date: The first week does not start before it; text has the form of `fmt`.
        minute_offset: The minute at which weeks start.
        hour_offset: The hour at which weeks start.
        day_offset: The day on which weeks start; Sunday is 0.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys; `%Y-%m-%d` when left out.
        end_offset: How many partitions more (or fewer, if negative) are there than weeks have ended.
        end_date: No week ends after it.
        exclusions: Starts of weeks that are left out: datetimes, or cron strings.
    """

    _rhythm = "Weekly"

    def __init__(
        self,
        start_date: datetime | str,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 0,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        end_date: datetime | str | None = None,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            end=end_date,
            schedule_type=ScheduleType.WEEKLY,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            day_offset=day_offset,
            timezone=timezone,
            fmt=fmt or DATE_FORMAT,
            end_offset=end_offset,
            exclusions=exclusions,
        )


class MonthlyPartitionsDefinition(TimeWindowPartitionsDefinition):
    """A partition for every month.

    Args:
        start_date: The first month does not start before it; text has the form of `fmt`.
        end_date: No month ends after it.
        minute_offset: The minute at which months start.
        hour_offset: The hour at which months start.
        day_offset: The day on which months start; the first is 1.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys; `%Y-%m-%d` when left out.
        end_offset: How many partitions more (or fewer, if negative) are there than months have ended.
        exclusions: Starts of months that are left out: datetimes, or cron strings.
    """

    _rhythm = "Monthly"

    def __init__(
        self,
        start_date: datetime | str,
        end_date: datetime | str | None = None,
        minute_offset: int = 0,
        hour_offset: int = 0,
        day_offset: int = 1,
        timezone: str | None = None,
        fmt: str | None = None,
        end_offset: int = 0,
        exclusions: Sequence[str | datetime] | None = None,
    ) -> None:
        super().__init__(
            start=start_date,
            end=end_date,
            schedule_type=ScheduleType.MONTHLY,
            minute_offset=minute_offset,
            hour_offset=hour_offset,
            day_offset=day_offset,
            timezone=timezone,
            fmt=fmt or DATE_FORMAT,
            end_offset=end_offset,
            exclusions=exclusions,
        )
