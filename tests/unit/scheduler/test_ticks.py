from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace_services.scheduler.catchup import due_ticks, ticks_to_make_up
from headrace_services.scheduler.ticks import Cadence, counted_from

UTC = timezone.utc
EVERY_MINUTE = Cadence(("* * * * *",))
NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def minutes(*numbers: int) -> list[datetime]:
    return [NOON + timedelta(minutes=number) for number in numbers]


def test_only_the_latest_of_the_missed_ticks_is_made_up_for() -> None:
    assert due_ticks(EVERY_MINUTE, NOON, NOON + timedelta(minutes=90, seconds=5), 1) == minutes(90)


def test_as_many_missed_ticks_as_asked_for_are_made_up_for_oldest_first() -> None:
    assert due_ticks(EVERY_MINUTE, NOON, NOON + timedelta(minutes=90), 3) == minutes(88, 89, 90)
    assert due_ticks(EVERY_MINUTE, NOON, NOON + timedelta(minutes=3), 9) == minutes(1, 2, 3)


def test_no_tick_is_made_up_for_twice_or_before_its_time() -> None:
    assert due_ticks(EVERY_MINUTE, NOON, NOON + timedelta(seconds=59), 5) == []
    assert due_ticks(EVERY_MINUTE, NOON, NOON + timedelta(minutes=1), 5) == minutes(1)
    assert due_ticks(EVERY_MINUTE, NOON, NOON, 5) == []


@pytest.mark.proves("P7", fault="F11", of="scheduler")
def test_a_clock_that_went_back_makes_nothing_due() -> None:
    assert due_ticks(EVERY_MINUTE, NOON, NOON - timedelta(hours=1), 5) == []


def test_a_year_of_missed_minutes_costs_no_more_than_one() -> None:
    assert due_ticks(EVERY_MINUTE, NOON - timedelta(days=365), NOON, 2) == minutes(-1, 0)


@settings(deadline=None, max_examples=60)
@given(
    cron=st.sampled_from(["* * * * *", "*/7 * * * *", "30 2 * * *", "0 0 1 * *", "15 3 * * 1"]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    after=st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 31), timezones=st.just(UTC)),
    gap=st.timedeltas(timedelta(0), timedelta(hours=8)),
    most=st.integers(1, 4),
)
def test_what_is_made_up_for_is_what_walking_forward_would_have_found(
    cron: str, zone: str, after: datetime, gap: timedelta, most: int
) -> None:
    cadence, now, forward = Cadence((cron,), zone), after + gap, []
    due = cadence.next_after(after)
    while due <= now:
        forward.append(due)
        due = cadence.next_after(due)
    assert due_ticks(cadence, after, now, most) == forward[-most:]


@pytest.mark.proves("P7", fault="F11", of="scheduler")
def test_the_hour_that_is_skipped_in_spring_is_due_once() -> None:
    cadence = Cadence(("30 2 * * *",), "Europe/Berlin")
    night = datetime(2024, 3, 30, 12, tzinfo=UTC)
    assert due_ticks(cadence, night, night + timedelta(days=1), 5) == [datetime(2024, 3, 31, 1, 0, tzinfo=UTC)]


def test_several_crons_are_due_when_any_of_them_is() -> None:
    assert Cadence(("0 * * * *", "30 12 * * *")).preview(NOON, 3) == minutes(30, 60, 120)


@pytest.mark.parametrize(("tag", "most", "count"), [(None, 5, 1), ("3", 5, 3), ("9", 5, 5), ("x", 5, 1), ("4", 0, 1)])
def test_a_schedule_asks_for_missed_ticks_within_what_the_instance_allows(
    tag: str | None, most: int, count: int
) -> None:
    assert ticks_to_make_up(tag, most) == count


def test_ticks_count_from_the_latest_of_what_is_known() -> None:
    assert counted_from([None, NOON, NOON + timedelta(hours=1)]) == NOON + timedelta(hours=1)
    assert counted_from([NOON, None, None]) == NOON
