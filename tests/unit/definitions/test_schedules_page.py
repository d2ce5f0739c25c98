"""The example of the page about schedules and sensors does what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

import headrace as dg
from rig.pages import loaded


@pytest.fixture(scope="module")
def page() -> Iterator[dict[str, Any]]:
    with loaded("schedules-and-sensors.md", 0) as module:
        yield vars(module)


def test_a_schedule_without_a_function_always_asks_for_the_same(page: dict[str, Any]) -> None:
    assert page["cleanup"].fixed_request.tags == {"team": "data"}


def test_the_schedule_asks_for_its_day(page: dict[str, Any]) -> None:
    due = datetime(2024, 5, 1, 1, tzinfo=timezone.utc)
    tick = page["every_night"].evaluate_tick(dg.build_schedule_context(scheduled_execution_time=due))
    assert [request.run_key for request in tick.run_requests] == ["2024-05-01"]


def test_the_sensor_goes_on_from_its_cursor(page: dict[str, Any]) -> None:
    tick = page["new_days"].evaluate_tick(dg.build_sensor_context(cursor="2"))
    assert ([request.run_key for request in tick.run_requests], tick.cursor) == (["3"], "3")
    done = page["new_days"].evaluate_tick(dg.build_sensor_context(cursor="3"))
    assert done.skip_message == "all days are loaded"


def test_the_asset_sensor_asks_after_the_asset_was_made(page: dict[str, Any]) -> None:
    with dg.Instance.ephemeral() as instance:
        made = dg.materialize([page["orders"]], instance=instance)
        tick = page["on_orders"].evaluate_tick(dg.build_sensor_context(instance=instance))
    assert [request.run_key for request in tick.run_requests] == [made.run_id]
