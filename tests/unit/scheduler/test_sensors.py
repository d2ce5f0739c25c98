from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from headrace_services.scheduler.sensors import LONGEST_BACKOFF, interval, next_evaluation, spread

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=timezone.utc)
FIVE = timedelta(seconds=5)


def test_a_sensor_that_was_never_evaluated_is_due_now() -> None:
    assert next_evaluation(FIVE, 0, None, None, NOW) == NOW


def test_a_sensor_is_due_as_soon_as_it_is_switched_on() -> None:
    on = NOW - timedelta(seconds=1)
    assert next_evaluation(FIVE, 0, NOW - timedelta(days=1), on, NOW) == on
    assert next_evaluation(FIVE, 0, None, on, NOW) == on


def test_a_sensor_waits_its_interval_between_evaluations() -> None:
    assert next_evaluation(FIVE, 0, NOW, NOW - FIVE, NOW) == NOW + FIVE


@pytest.mark.parametrize(
    ("minimum", "failures", "expected"),
    [
        (0.0, 0, 1.0),
        (0.2, 0, 1.0),
        (5.0, 0, 5.0),
        (5.0, 1, 10.0),
        (5.0, 3, 40.0),
        (5.0, 50, LONGEST_BACKOFF.total_seconds()),
        (3600.0, 2, 3600.0),
    ],
)
def test_a_sensor_that_keeps_failing_is_asked_less_often_but_never_forgotten(
    minimum: float, failures: int, expected: float
) -> None:
    assert interval(timedelta(seconds=minimum), failures).total_seconds() == expected


def test_sensors_that_fail_together_are_not_asked_together() -> None:
    dues = [next_evaluation(FIVE, 1, NOW, None, NOW, f"sensor {number}") for number in range(100)]
    assert len(set(dues)) > 50
    assert NOW + 2 * FIVE <= min(dues) < max(dues) <= NOW + 2.4 * FIVE
    assert next_evaluation(FIVE, 0, NOW, None, NOW, "sensor 1") == NOW + FIVE


def test_a_crowd_of_sensors_is_spread_the_same_way_every_time() -> None:
    waits = [spread(f"sensor {number}") for number in range(200)]
    assert waits == [spread(f"sensor {number}") for number in range(200)]
    assert len(set(waits)) > 100
    assert max(waits) < timedelta(seconds=1)
