"""How fresh an asset is, as a function of its policy, when it was made, and the moment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

import headrace as dg
from headrace.automation.freshness import FreshnessState, freshness_of, next_change

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), FreshnessState.PASS),
        (2 * HOUR, FreshnessState.PASS),
        (2 * HOUR + timedelta(seconds=1), FreshnessState.WARN),
        (4 * HOUR, FreshnessState.WARN),
        (4 * HOUR + timedelta(seconds=1), FreshnessState.FAIL),
        (None, FreshnessState.UNKNOWN),
    ],
)
def test_a_time_window_moves_along(age: timedelta | None, expected: FreshnessState) -> None:
    policy = dg.FreshnessPolicy.time_window(fail_window=4 * HOUR, warn_window=2 * HOUR)
    made = None if age is None else (NOW - age).timestamp()
    assert freshness_of(policy, made, NOW) is expected


@pytest.mark.parametrize(
    ("now", "made", "expected"),
    [
        ("10:00", "08:30", FreshnessState.PASS),
        ("10:00", "07:30", FreshnessState.FAIL),
        ("10:00", "09:30", FreshnessState.PASS),
        ("08:59", "-08:30", FreshnessState.PASS),
        ("09:00", "-08:30", FreshnessState.FAIL),
        ("09:00", "08:00", FreshnessState.PASS),
    ],
)
def test_a_deadline_counts_what_was_made_shortly_before_it_until_the_next(
    now: str, made: str, expected: FreshnessState
) -> None:
    policy = dg.FreshnessPolicy.cron(deadline_cron="0 9 * * *", lower_bound_delta=HOUR)
    assert freshness_of(policy, _at(made).timestamp(), _at(now)) is expected


def test_a_deadline_is_read_in_its_time_zone() -> None:
    policy = dg.FreshnessPolicy.cron(deadline_cron="0 9 * * *", lower_bound_delta=HOUR, timezone="Asia/Tokyo")
    assert freshness_of(policy, _at("-23:30").timestamp(), _at("00:00")) is FreshnessState.PASS
    assert freshness_of(policy, _at("-22:30").timestamp(), _at("00:00")) is FreshnessState.FAIL


def test_what_has_no_policy_is_neither_fresh_nor_stale() -> None:
    assert freshness_of(None, NOW.timestamp(), NOW) is FreshnessState.NOT_APPLICABLE


def test_the_next_change_is_when_another_window_is_over() -> None:
    policy = dg.FreshnessPolicy.time_window(fail_window=4 * HOUR, warn_window=2 * HOUR)
    made = (NOW - HOUR).timestamp()
    for hours in (1, 3):
        change = next_change(policy, made, NOW + (hours - 1) * HOUR)
        assert change is not None and change - timedelta(microseconds=1) == NOW + hours * HOUR
    assert next_change(policy, made, NOW + 4 * HOUR) is None


def _at(clock: str) -> datetime:
    """A time of the day; of the day before with a minus sign."""
    day = NOW.date() - timedelta(days=clock.startswith("-"))
    return datetime.fromisoformat(f"{day}T{clock.removeprefix('-')}:00+00:00")
