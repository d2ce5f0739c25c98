"""Warnings: at the user's own line, of what is not what it looks like and of what older code may still do."""

from __future__ import annotations

import pytest

import headrace as dg


@pytest.mark.parametrize(
    ("cron", "field"),
    [("*/90 * * * *", "minutes"), ("0 */36 * * *", "hours"), ("0 0 1-9/40 * *", "days of the month")],
)
def test_a_step_longer_than_its_field_is_told(cron: str, field: str) -> None:
    with pytest.warns(UserWarning, match=f"interval greater than the expected range.*its field of {field}") as told:
        dg.ScheduleDefinition(job_name="work", cron_schedule=cron)
    assert told[0].filename == __file__


@pytest.mark.parametrize("cron", ["*/15 * * * *", "0 */6 * * *", "0 0 */2 * *", "@daily", "5-59/10 1,2 * * 1-5"])
def test_an_ordinary_step_is_not(cron: str) -> None:
    assert dg.ScheduleDefinition(job_name="work", cron_schedule=cron).cron_schedule == cron


def test_odd_keys_of_tags_are_told_and_kept() -> None:
    with pytest.warns(DeprecationWarning, match=r"Non-compliant tag keys like \['my tag'\]") as told:
        request = dg.RunRequest(tags={"my tag": "a", "team/name": "b", "dagster-k8s/config": "c"})
    assert request.tags == {"my tag": "a", "team/name": "b", "dagster-k8s/config": "c"}
    assert told[0].filename == __file__
