"""Windows of time: keys, counts, bounds, time zones, exclusions; by arithmetic and not by lists."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.definitions.partitions.calendar import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.loading_context import partition_loading_context
from headrace.definitions.partitions.ticks import CronTicks
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import HeadraceError, InvalidDefinitionError, UnknownPartitionError

CRONS = [
    *("*/15 * * * *", "*/7 * * * *", "* * * * *", "59 * * * *", "30 4 28 * *", "0 2 * * 6", "30 */2 * * *"),
    *("0,30 0-5 * * *", "0 1,2 * * *", "15,45 * * * *", "0 */6 * * *", "5 1-23/11 * * *"),
]
NOW = datetime(2024, 5, 10, 12, tzinfo=timezone.utc)
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo")


def test_a_day_is_there_once_it_has_ended() -> None:
    days = DailyPartitionsDefinition("2024-05-07")
    assert days.get_partition_keys(NOW) == ["2024-05-07", "2024-05-08", "2024-05-09"]
    assert days.get_num_partitions(datetime(2024, 5, 8, tzinfo=timezone.utc)) == 1
    assert days.get_num_partitions(datetime(2024, 5, 7, 23, tzinfo=timezone.utc)) == 0


def test_end_offset_adds_and_takes_away_but_never_passes_the_end() -> None:
    assert DailyPartitionsDefinition("2024-05-07", end_offset=1).get_last_partition_key(NOW) == "2024-05-10"
    assert DailyPartitionsDefinition("2024-05-07", end_offset=-1).get_last_partition_key(NOW) == "2024-05-08"
    ended = DailyPartitionsDefinition("2024-05-07", end_date="2024-05-09", end_offset=1)
    assert ended.get_partition_keys(NOW) == ["2024-05-07", "2024-05-08"]


def test_offsets_move_windows_and_keys_name_their_start() -> None:
    weeks = WeeklyPartitionsDefinition("2024-04-01", hour_offset=9, day_offset=3)
    assert weeks.get_first_partition_key(NOW) == "2024-04-03"
    assert weeks.start_time_for_partition_key("2024-04-03") == datetime(2024, 4, 3, 9, tzinfo=timezone.utc)
    months = MonthlyPartitionsDefinition("2024-01", day_offset=15, fmt="%Y-%m")
    assert months.get_partition_keys(NOW) == ["2024-01", "2024-02", "2024-03"]
    assert months.time_window_for_partition_key("2024-02").end.day == 15


def test_an_end_before_the_start_leaves_no_partitions() -> None:
    none = DailyPartitionsDefinition("2024-05-07", end_date="2024-05-01")
    assert none.get_partition_keys(NOW) == []
    assert (none.get_num_partitions(NOW), none.get_first_partition_window(NOW)) == (0, None)


def test_days_that_start_in_an_hour_that_comes_twice_start_once() -> None:
    days = DailyPartitionsDefinition("2024-11-02", timezone="America/New_York", hour_offset=1)
    window = days.time_window_for_partition_key("2024-11-03")
    assert window.start.isoformat() == "2024-11-03T01:00:00-05:00"
    assert days.get_partition_keys(window.end)[-1] == "2024-11-03"


def test_keys_that_are_too_coarse_for_their_windows_are_found() -> None:
    twice_a_day = TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="0 0,6 * * *")
    with pytest.raises(InvalidDefinitionError, match="is not granular enough"):
        twice_a_day.validate_partition_definition()
    DailyPartitionsDefinition("2024-01-01").validate_partition_definition()


def test_hours_follow_the_clock_when_it_is_set_back_and_forward() -> None:
    hours = HourlyPartitionsDefinition("2024-01-01-00:00", timezone="America/New_York")
    back = PartitionKeyRange("2024-11-03-00:00", "2024-11-03-02:00")
    keys = ["2024-11-03-00:00", "2024-11-03-01:00", "2024-11-03-01:00-0500", "2024-11-03-02:00"]
    assert hours.get_partition_keys_in_range(back) == keys
    starts = [hours.start_time_for_partition_key(key).timestamp() for key in keys]
    assert [b - a for a, b in pairwise(starts)] == [3600.0] * 3
    forward = PartitionKeyRange("2024-03-10-01:00", "2024-03-10-03:00")
    assert hours.get_partition_keys_in_range(forward) == ["2024-03-10-01:00", "2024-03-10-03:00"]


def test_a_day_of_a_zone_lasts_from_midnight_to_midnight() -> None:
    days = DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin")
    window = days.time_window_for_partition_key("2024-03-31")
    assert (window.end.timestamp() - window.start.timestamp()) / 3600 == 23
    assert window.start.tzinfo == ZoneInfo("Europe/Berlin")


def test_exclusions_leave_windows_out_and_the_others_as_they_are() -> None:
    days = DailyPartitionsDefinition("2024-05-01", exclusions=["0 0 * * 0,6", datetime(2024, 5, 2)])
    assert days.get_partition_keys(NOW) == ["2024-05-01", "2024-05-03", *(f"2024-05-0{day}" for day in (6, 7, 8, 9))]
    assert days.time_window_for_partition_key("2024-05-03").end == datetime(2024, 5, 4, tzinfo=timezone.utc)
    assert not days.has_partition_key("2024-05-04", NOW)
    assert days.get_next_partition_key("2024-05-03", NOW) == "2024-05-06"


def test_any_cron_string_makes_windows() -> None:
    quarters = TimeWindowPartitionsDefinition(start="2023-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 1 */3 *")
    assert quarters.get_partition_keys(NOW) == ["2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01"]
    assert quarters.get_prev_partition_key("2023-04-01") == "2023-01-01"
    assert quarters.get_prev_partition_key("2023-01-01") is None


def test_windows_around_a_time_are_found() -> None:
    days = DailyPartitionsDefinition("2024-05-01")
    at = datetime(2024, 5, 3, 6, tzinfo=timezone.utc)
    assert days.get_partition_key_for_timestamp(at.timestamp()) == "2024-05-03"
    first = datetime(2024, 5, 1, tzinfo=timezone.utc)
    assert days.get_partition_key_for_timestamp(first.timestamp()) == "2024-05-01"
    with pytest.raises(UnknownPartitionError, match="is before the first partition, '2024-05-01'"):
        days.get_partition_key_for_timestamp(first.timestamp() - 1)
    midnight = datetime(2024, 5, 3, tzinfo=timezone.utc)
    assert days.get_partition_key_for_timestamp(midnight.timestamp(), end_closed=True) == "2024-05-02"
    assert days.get_next_partition_window(at) == days.time_window_for_partition_key("2024-05-04")
    assert days.get_prev_partition_window(at) == days.time_window_for_partition_key("2024-05-02")
    span = TimeWindow(midnight, midnight + timedelta(days=2))
    assert days.get_partition_keys_in_time_window(span) == ["2024-05-03", "2024-05-04"]
    assert days.get_partition_key_range_for_time_window(span) == PartitionKeyRange("2024-05-03", "2024-05-04")


def test_a_time_without_a_zone_is_of_the_sets_zone_and_one_with_a_zone_is_not() -> None:
    days = DailyPartitionsDefinition("2024-05-01", timezone="America/New_York")
    plain, elsewhere = datetime(2024, 5, 3), datetime(2024, 5, 3, tzinfo=timezone.utc)
    assert days.get_partition_keys_in_time_window(TimeWindow(plain, plain + timedelta(days=1))) == ["2024-05-03"]
    # It is 20:00 of the second there: the next window begins on the third.
    assert days.get_next_partition_window(elsewhere) == days.time_window_for_partition_key("2024-05-03")


def test_what_is_no_key_is_refused_with_what_would_be_right() -> None:
    days = DailyPartitionsDefinition("2024-05-07")
    with pytest.raises(UnknownPartitionError, match=r"form '%Y-%m-%d', such as '2024-05-07'"):
        days.validate_partition_key("yesterday")
    with pytest.raises(UnknownPartitionError, match="there are 3, from '2024-05-07' to '2024-05-09'"):
        days.validate_partition_key("2024-05-10", NOW)
    assert not days.has_partition_key("2024-5-8", NOW)


@pytest.mark.parametrize(
    "make",
    [
        lambda: DailyPartitionsDefinition("07.05.2024"),
        lambda: DailyPartitionsDefinition("2024-05-07", timezone="Mars/Olympus"),
        lambda: DailyPartitionsDefinition("2024-05-07", hour_offset=25),
        lambda: TimeWindowPartitionsDefinition("2024-05-07", "%Y-%m-%d"),
        lambda: TimeWindowPartitionsDefinition("2024-05-07", "%Y-%m-%d", cron_schedule="0 0 * * *", hour_offset=1),
    ],
)
def test_what_makes_no_sense_is_refused_when_it_is_defined(make: object) -> None:
    with pytest.raises(InvalidDefinitionError):
        make()  # type: ignore[operator]


def test_the_time_can_be_set_for_a_while() -> None:
    days = DailyPartitionsDefinition("2024-05-07")
    with partition_loading_context(effective_dt=NOW):
        assert days.get_last_partition_key() == "2024-05-09"


def test_ten_thousand_years_of_hours_are_counted_without_a_list() -> None:
    hours = HourlyPartitionsDefinition("0100-01-01-00:00")
    far = datetime(9000, 1, 1, tzinfo=timezone.utc)
    assert hours.get_num_partitions(far) == (far - datetime(100, 1, 1, tzinfo=timezone.utc)) // timedelta(hours=1)


@settings(deadline=None, max_examples=50)
@given(
    zone=st.sampled_from(ZONES),
    kind=st.sampled_from([HourlyPartitionsDefinition, DailyPartitionsDefinition, WeeklyPartitionsDefinition]),
    start=st.datetimes(datetime(2015, 1, 1), datetime(2020, 1, 1)),
    minute=st.integers(0, 59),
    seconds=st.integers(0, 40 * 86400),
)
def test_arithmetic_finds_what_walking_the_cron_string_finds(
    zone: str, kind: type, start: datetime, minute: int, seconds: int
) -> None:
    made = kind(start, timezone=zone, minute_offset=minute)
    instant = made.start.astimezone(timezone.utc) + timedelta(seconds=seconds)
    walked = CronTicks(made.start.astimezone(timezone.utc), ZoneInfo(zone), made.cron_schedule)
    assert max(-1, made.ticks.floor(instant)) == walked.floor(instant)
    number = max(0, walked.floor(instant))
    assert made.ticks.start(number) == walked.start(number)


@settings(deadline=None, max_examples=50)
@given(
    zone=st.sampled_from(ZONES),
    cron=st.sampled_from(CRONS),
    start=st.one_of(
        st.datetimes(datetime(2015, 1, 1), datetime(2020, 1, 1)),
        st.sampled_from([datetime(2019, 3, 9), datetime(2019, 3, 30), datetime(2019, 10, 26), datetime(2019, 11, 2)]),
    ),
    seconds=st.integers(0, 2 * 86400),
)
def test_arithmetic_is_right_for_every_shape_of_cron_string(
    zone: str, cron: str, start: datetime, seconds: int
) -> None:
    made = TimeWindowPartitionsDefinition(start, "%Y-%m-%d %H:%M", cron_schedule=cron, timezone=zone)
    instant = made.start.astimezone(timezone.utc) + timedelta(seconds=seconds)
    walked = CronTicks(made.start.astimezone(timezone.utc), ZoneInfo(zone), cron)
    assert made.ticks.start(0) == walked.start(0)
    assert max(-1, made.ticks.floor(instant)) == walked.floor(instant)


def test_exclusions_that_leave_nothing_are_told_and_not_searched_for_ever() -> None:
    never = DailyPartitionsDefinition("2024-05-01", exclusions=["0 0 * * *"])
    assert never.get_num_partitions(NOW) == 0
    with pytest.raises(InvalidDefinitionError, match="leave no more windows"):
        never.key_at(0)


@settings(deadline=None, max_examples=50)
@given(zone=st.sampled_from(ZONES[:4]), number=st.integers(0, 200_000))
def test_every_key_of_an_hour_leads_back_to_its_number(zone: str, number: int) -> None:
    hours = HourlyPartitionsDefinition(datetime(2015, 1, 1), timezone=zone)
    assert hours.number_of(hours.key_at(number)) == number


@settings(deadline=None, max_examples=50)
@given(zone=st.sampled_from(ZONES), number=st.integers(0, 5000))
def test_windows_follow_each_other_without_gap(zone: str, number: int) -> None:
    days = DailyPartitionsDefinition(datetime(2015, 1, 1), timezone=zone)
    assert days.window_at(number).end == days.window_at(number + 1).start
    assert days.ticks.ended(days.ticks.end(number)) == number + 1


def test_definitions_compare_by_value() -> None:
    assert DailyPartitionsDefinition("2024-05-07") == DailyPartitionsDefinition(datetime(2024, 5, 7))
    assert DailyPartitionsDefinition("2024-05-07") != DailyPartitionsDefinition("2024-05-07", end_offset=1)
    assert hash(DailyPartitionsDefinition("2024-05-07")) == hash(DailyPartitionsDefinition("2024-05-07"))
    assert issubclass(UnknownPartitionError, HeadraceError)


def test_windows_before_their_time_are_there_as_early_as_the_offset_says() -> None:
    days = DailyPartitionsDefinition("2024-01-05", end_offset=2)
    counts = [days.get_num_partitions(datetime(2024, 1, day, 12)) for day in (2, 3, 4, 5, 6)]
    assert counts == [0, 0, 1, 2, 3]
