"""Due times of cron strings, above all where wall clocks jump."""

from __future__ import annotations

from bisect import bisect
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.definitions.schedules.cron import check_cron, check_timezone, due_between, is_due, next_due, previous_due
from headrace.errors import InvalidCronError

LOS_ANGELES = "America/Los_Angeles"
# Zone, and a day whose clock jumps forward or backward: by an hour, by half an hour, at midnight, over a whole day.
JUMPS = [
    (LOS_ANGELES, datetime(2024, 3, 10)),
    (LOS_ANGELES, datetime(2024, 11, 3)),
    ("Europe/Berlin", datetime(2024, 3, 31)),
    ("Europe/Berlin", datetime(2024, 10, 27)),
    ("Australia/Lord_Howe", datetime(2024, 4, 7)),
    ("Australia/Lord_Howe", datetime(2024, 10, 6)),
    ("America/Sao_Paulo", datetime(2018, 11, 4)),
    ("America/Sao_Paulo", datetime(2018, 2, 18)),
    ("Pacific/Apia", datetime(2011, 12, 30)),
]


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(timezone.utc)  # type: ignore[misc,arg-type]


def times(cron: str | list[str], zone: str, day: datetime, hours: int = 24) -> list[str]:
    start = day.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)
    due = due_between(cron, zone, start - timedelta(minutes=1), start + timedelta(hours=hours))
    return [each.astimezone(ZoneInfo(zone)).strftime("%H:%M%z") for each in due]


def test_a_time_in_the_gap_is_due_at_the_first_instant_after_it() -> None:
    assert times("30 2 * * *", LOS_ANGELES, datetime(2024, 3, 10), 20) == ["03:00-0700"]


def test_several_times_in_one_gap_are_due_once() -> None:
    assert times("*/20 2 * * *", LOS_ANGELES, datetime(2024, 3, 10), 20) == ["03:00-0700"]


def test_a_repeated_time_is_due_once_the_second_time() -> None:
    assert times("30 1 * * *", LOS_ANGELES, datetime(2024, 11, 3), 20) == ["01:30-0800"]


def test_every_hour_means_every_hour_also_where_one_repeats_or_is_missing() -> None:
    assert times("30 * * * *", LOS_ANGELES, datetime(2024, 11, 3), 4) == [
        "00:30-0700",
        "01:30-0700",
        "01:30-0800",
        "02:30-0800",
    ]
    assert times("0 * * * *", LOS_ANGELES, datetime(2024, 3, 10), 4) == [
        "00:00-0800",
        "01:00-0800",
        "03:00-0700",
        "04:00-0700",
        "05:00-0700",
    ]
    assert times("0 0-23 * * *", LOS_ANGELES, datetime(2024, 11, 3), 2) == [
        "00:00-0700",
        "01:00-0700",
        "01:00-0800",
    ]


def test_several_cron_strings_are_due_when_any_of_them_is_and_each_instant_once() -> None:
    assert times(["0 9 * * *", "0 */9 * * *"], "UTC", datetime(2024, 5, 1), 20) == [
        "00:00+0000",
        "09:00+0000",
        "18:00+0000",
    ]


def test_the_bounds_are_after_and_not_after() -> None:
    noon = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
    assert due_between("0 * * * *", "UTC", noon, noon + timedelta(hours=1)) == [noon + timedelta(hours=1)]
    assert next_due("0 * * * *", "UTC", noon) == noon + timedelta(hours=1)
    assert previous_due("0 * * * *", "UTC", noon) == noon - timedelta(hours=1)
    assert is_due("0 * * * *", "UTC", noon)
    assert not is_due("0 * * * *", "UTC", noon + timedelta(seconds=1))


def test_a_limit_ends_the_list() -> None:
    start = datetime(2024, 5, 1, tzinfo=timezone.utc)
    assert len(due_between("* * * * *", "UTC", start, start + timedelta(days=300), limit=5)) == 5


def test_rare_schedules_are_found_in_both_directions() -> None:
    now = datetime(2024, 11, 3, tzinfo=timezone.utc)
    assert next_due("0 0 29 2 *", "UTC", now) == datetime(2028, 2, 29, tzinfo=timezone.utc)
    assert previous_due("0 0 29 2 *", "UTC", now) == datetime(2024, 2, 29, tzinfo=timezone.utc)
    assert previous_due("30 1 * * *", LOS_ANGELES, local(LOS_ANGELES, 2024, 11, 3, 1, 15, fold=1)) == local(
        LOS_ANGELES, 2024, 11, 2, 1, 30
    )


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("* * * *", "has 4 fields"),
        ("* * * * * *", "has 6 fields"),
        ("61 * * * *", "out of range"),
        ("a b c d e", "invalid cron schedule .a b c d e.: .*not acceptable"),
        ("@sometimes", "is none of @hourly, @daily"),
        ("", "has 0 fields"),
        ("0 0 31 2 *", "never comes due"),
        (5, "is a string, not 5"),
    ],
)
def test_what_is_no_cron_string_is_refused_with_the_reason(cron: object, reason: str) -> None:
    with pytest.raises(InvalidCronError, match=reason):
        check_cron(cron)


@pytest.mark.parametrize("cron", ["@daily", "0 9 * * mon-fri", "0 0 L * *", "0 0 * * 5#1", "*/5 1,2 1-5 * *"])
def test_cron_strings_of_every_form_are_taken(cron: str) -> None:
    assert check_cron(cron) == cron


def test_a_time_zone_must_exist() -> None:
    assert check_timezone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(InvalidCronError, match="There is no time zone 'Mars/Olympus'"):
        check_timezone("Mars/Olympus")


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(InvalidCronError, match="has no time zone"):
        next_due("* * * * *", "UTC", datetime(2024, 1, 1))


def expected(cron: str, zone: str, start: datetime, end: datetime, every_hour: bool) -> list[datetime]:
    """What the rules say, found by looking at every minute instead of by arithmetic."""
    tz = ZoneInfo(zone)
    minutes = int((end - start).total_seconds() // 60)
    instants = [start + timedelta(minutes=n) for n in range(-1600, minutes + 1)]
    at: dict[datetime, list[datetime]] = {}
    for instant in instants:
        at.setdefault(instant.astimezone(tz).replace(tzinfo=None, fold=0), []).append(instant)
    readings = sorted(at)
    due: set[datetime] = set()
    schedule = croniter(cron, readings[0] - timedelta(minutes=1))
    while (reading := schedule.get_next(datetime)) <= readings[-1]:
        if reading in at:
            due.update(at[reading] if every_hour else at[reading][-1:])
        elif not every_hour:
            due.add(min(at[readings[bisect(readings, reading)]]))
    return sorted(each for each in due if start < each <= end)


@pytest.mark.proves("P7", fault="F11", of="scheduler")
@settings(max_examples=30, deadline=None)
@given(
    jump=st.sampled_from(JUMPS),
    minute=st.sampled_from(["0", "15", "30", "59", "*/7", "*"]),
    hour=st.sampled_from(["*", "0", "1", "2", "3", "*/2", "1-3", "23", "0,12"]),
    offset=st.integers(min_value=-1500, max_value=1500),
)
def test_around_every_jump_due_times_are_what_the_rules_say(
    jump: tuple[str, datetime], minute: str, hour: str, offset: int
) -> None:
    zone, day = jump
    cron = f"{minute} {hour} * * *"
    start = day.replace(tzinfo=timezone.utc) + timedelta(minutes=offset)
    end = start + timedelta(hours=30)

    due = due_between(cron, zone, start, end)

    assert due == expected(cron, zone, start, end, every_hour=hour == "*")
    for earlier, later in pairwise(due):
        assert next_due(cron, zone, earlier) == later
        assert previous_due(cron, zone, later) == earlier
