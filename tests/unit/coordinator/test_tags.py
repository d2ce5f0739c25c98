"""Tags with a meaning are read under both names, and refused when they mean nothing."""

from __future__ import annotations

import pytest

from headrace.errors import InvalidArgumentError
from headrace_services.coordinator.runs import tags


@pytest.mark.parametrize("product", ["headrace", "dagster"])
def test_tags_are_read_under_both_names(product: str) -> None:
    said = {
        f"{product}/priority": "-3",
        f"{product}/max_retries": "2",
        f"{product}/max_runtime": "60",
        f"{product}/retry_strategy": "all_steps",
        f"{product}/retry_on_asset_or_op_failure": "False",
    }
    tags.check_tags(said)
    assert (tags.priority(said), tags.max_retries(said), tags.max_runtime(said)) == (-3, 2, 60)
    assert (tags.retry_strategy(said), tags.retry_on_step_failure(said)) == ("ALL_STEPS", False)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("headrace/priority", "high", "such as 10 or -5"),
        ("dagster/max_retries", "-1", "such as 3"),
        ("headrace/max_runtime", "1h", "such as 3600"),
        ("headrace/retry_strategy", "SOME", "FROM_FAILURE, ALL_STEPS, FROM_ASSET_FAILURE"),
        ("dagster/retry_on_asset_or_op_failure", "maybe", "TRUE, FALSE"),
        ("x" * 5000, "", "longer than"),
    ],
)
def test_a_tag_that_means_nothing_is_refused_with_what_would_be_right(key: str, value: str, said: str) -> None:
    with pytest.raises(InvalidArgumentError, match=said):
        tags.check_tags({key: value})


def test_runs_that_were_stored_with_such_a_tag_still_get_on() -> None:
    assert tags.max_retries({"headrace/max_retries": "many"}) is None
    assert tags.retry_strategy({"headrace/retry_strategy": "SOME"}) == ""
