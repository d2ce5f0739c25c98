"""What freshness policies refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import headrace as dg


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"deadline_cron": "0 10 * * * *"}, "Invalid cron string"),
        ({"timezone": "Europe/Atlantis"}, "Invalid IANA timezone"),
        ({"lower_bound_delta": timedelta(seconds=59)}, "greater than or equal to 1 minute"),
        (
            {"lower_bound_delta": timedelta(hours=25)},
            "less than or equal to the smallest cron interval, which is 1 day",
        ),
        (
            {"deadline_cron": "0 10 * * 1-5", "lower_bound_delta": timedelta(hours=30)},
            "less than or equal to the smallest cron interval",
        ),
    ],
)
def test_deadlines_make_sense(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=message):
        dg.FreshnessPolicy.cron(**{"deadline_cron": "0 10 * * *", "lower_bound_delta": timedelta(hours=1), **arguments})


def test_a_day_may_pass_between_daily_deadlines_wherever_clocks_are_changed() -> None:
    dg.FreshnessPolicy.cron(
        deadline_cron="0 10 * * *", lower_bound_delta=timedelta(hours=24), timezone="America/New_York"
    )


def test_a_policy_must_be_one_to_be_applied() -> None:
    policy: Any = None
    with pytest.raises(dg.InvalidDefinitionError, match="apply_freshness_policy: policy is a FreshnessPolicy"):
        dg.apply_freshness_policy(dg.AssetSpec("a"), policy)
