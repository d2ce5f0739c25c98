"""The page about partitions shows code that does what the page says."""

from __future__ import annotations

import headrace as dg
from rig.pages import loaded


def test_the_schedule_of_the_page_is_due_when_a_week_has_ended() -> None:
    with loaded("partitions.md", 0) as page:
        assert page.defs.resolve_schedule("weekly_schedule").cron_schedule == "0 6 * * 0"


def test_the_sensor_of_the_page_adds_a_partition_and_asks_for_it() -> None:
    with loaded("partitions.md", 1) as page:
        tick = page.new_customers.evaluate_tick(dg.build_sensor_context(instance=dg.Instance.ephemeral()))
    assert (tick.cursor, [request.partition_key for request in tick.run_requests]) == ("anna", ["anna"])
