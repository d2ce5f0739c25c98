"""Run config that is made for each hour, day, week or month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from headrace.definitions.partitions.calendar import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from headrace.definitions.partitions.partitioned_config import PartitionedConfig, TagsOfKey
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition

ConfigOfWindow = Callable[[datetime, datetime], Any]
TagsOfWindow = Callable[[datetime, datetime], Mapping[str, str]]
Decorator = Callable[[ConfigOfWindow], PartitionedConfig]


def hourly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    tags_for_partition_key_fn: TagsOfKey | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Decorator:
    """Makes partitioned config of a function that takes the start and end of an hour and returns run config.

    Args:
        start_date: The first hour does not start before it.
        minute_offset: The minute at which hours start.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys.
        end_offset: How many partitions more (or fewer, if negative) are there than hours have ended.
        tags_for_partition_fn: Makes tags of the run from start and end.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
        exclusions: Starts of windows that are left out: datetimes, or cron strings.
    """
    partitions_def = HourlyPartitionsDefinition(
        start_date,
        minute_offset=minute_offset,
        timezone=timezone,
        fmt=fmt,
        end_offset=end_offset,
        exclusions=exclusions,
    )
    return _by_window(partitions_def, tags_for_partition_fn, tags_for_partition_key_fn)


def daily_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    tags_for_partition_key_fn: TagsOfKey | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Decorator:
    """Makes partitioned config of a function that takes the start and end of a day and returns run config.

    Args:
        start_date: The first day does not start before it.
        minute_offset: The minute at which days start.
        hour_offset: The hour at which days start.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys.
        end_offset: How many partitions more (or fewer, if negative) are there than days have ended.
        tags_for_partition_fn: Makes tags of the run from start and end.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
        exclusions: Starts of windows that are left out: datetimes, or cron strings.
    """
    partitions_def = DailyPartitionsDefinition(
        start_date,
        minute_offset=minute_offset,
        hour_offset=hour_offset,
        timezone=timezone,
        fmt=fmt,
        end_offset=end_offset,
        exclusions=exclusions,
    )
    return _by_window(partitions_def, tags_for_partition_fn, tags_for_partition_key_fn)


def weekly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    tags_for_partition_key_fn: TagsOfKey | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Decorator:
    """Makes partitioned config of a function that takes the start and end of a week and returns run config.

    Args:
        start_date: The first week does not start before it.
        minute_offset: The minute at which weeks start.
        hour_offset: The hour at which weeks start.
        day_offset: The day on which weeks start; Sunday is 0.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys.
        end_offset: How many partitions more (or fewer, if negative) are there than weeks have ended.
        tags_for_partition_fn: Makes tags of the run from start and end.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
        exclusions: Starts of windows that are left out: datetimes, or cron strings.
    """
    partitions_def = WeeklyPartitionsDefinition(
        start_date,
        minute_offset=minute_offset,
        hour_offset=hour_offset,
        day_offset=day_offset,
        timezone=timezone,
        fmt=fmt,
        end_offset=end_offset,
        exclusions=exclusions,
    )
    return _by_window(partitions_def, tags_for_partition_fn, tags_for_partition_key_fn)


def monthly_partitioned_config(
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 1,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: TagsOfWindow | None = None,
    tags_for_partition_key_fn: TagsOfKey | None = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Decorator:
    """Makes partitioned config of a function that takes the start and end of a month and returns run config.

    Args:
        start_date: The first month does not start before it.
        minute_offset: The minute at which months start.
        hour_offset: The hour at which months start.
        day_offset: The day on which months start; the first is 1.
        timezone: The time zone; UTC when left out.
        fmt: The form of the keys.
        end_offset: How many partitions more (or fewer, if negative) are there than months have ended.
        tags_for_partition_fn: Makes tags of the run from start and end.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
        exclusions: Starts of windows that are left out: datetimes, or cron strings.
    """
    partitions_def = MonthlyPartitionsDefinition(
        start_date,
        minute_offset=minute_offset,
        hour_offset=hour_offset,
        day_offset=day_offset,
        timezone=timezone,
        fmt=fmt,
        end_offset=end_offset,
        exclusions=exclusions,
    )
    return _by_window(partitions_def, tags_for_partition_fn, tags_for_partition_key_fn)


def _by_window(
    partitions_def: TimeWindowPartitionsDefinition, tags_of_window: TagsOfWindow | None, tags_of_key: TagsOfKey | None
) -> Decorator:
    def make(function: ConfigOfWindow) -> PartitionedConfig:
        def config_of_key(key: str) -> Any:
            return function(*partitions_def.time_window_for_partition_key(key))

        def tags_of_its_window(key: str) -> Mapping[str, str]:
            assert tags_of_window is not None
            return tags_of_window(*partitions_def.time_window_for_partition_key(key))

        return PartitionedConfig(
            partitions_def,
            decorated_fn=function,
            run_config_for_partition_key_fn=config_of_key,
            tags_for_partition_fn=None if tags_of_window is None else tags_of_its_window,
            tags_for_partition_key_fn=tags_of_key,
        )

    return make
