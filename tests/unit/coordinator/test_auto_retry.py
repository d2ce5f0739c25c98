from __future__ import annotations

import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    RETRY_STRATEGY_ALL_STEPS,
    RETRY_STRATEGY_FROM_ASSET_FAILURE,
    RETRY_STRATEGY_FROM_FAILURE,
)
from headrace_services.coordinator.retries.rules import Retry, RetryRules, next_retry


@pytest.mark.parametrize(
    ("tags", "most", "number"),
    [
        ({}, 0, None),
        ({}, 2, 1),
        ({"headrace/retry_number": "1"}, 2, 2),
        ({"headrace/retry_number": "2"}, 2, None),
        ({"headrace/max_retries": "1"}, 0, 1),
        ({"dagster/max_retries": "0"}, 5, None),
        ({"headrace/max_retries": "many"}, 1, 1),
    ],
)
def test_a_failed_run_is_repeated_as_often_as_its_tags_or_the_instance_say(
    tags: dict[str, str], most: int, number: int | None
) -> None:
    retry = next_retry(tags, RetryRules(most))
    assert (retry and retry.number) == number


def test_what_a_retry_repeats_may_be_said_by_a_tag() -> None:
    assert next_retry({}, RetryRules(1)) == Retry(1, RETRY_STRATEGY_FROM_FAILURE)
    for key in ("headrace/retry_strategy", "dagster/retry_strategy"):
        assert next_retry({key: "ALL_STEPS"}, RetryRules(1)) == Retry(1, RETRY_STRATEGY_ALL_STEPS)
        assert next_retry({key: "from_failure"}, RetryRules(1)) == Retry(1, RETRY_STRATEGY_FROM_FAILURE)
        asset_retry = next_retry({key: "FROM_ASSET_FAILURE"}, RetryRules(1))
        assert asset_retry == Retry(1, RETRY_STRATEGY_FROM_ASSET_FAILURE)


@pytest.mark.parametrize(
    ("by_instance", "by_tag", "step_failed", "is_repeated"),
    [
        (True, None, True, True),
        (False, None, True, False),
        (False, None, False, True),
        (False, "true", True, True),
        (True, "false", True, False),
        (True, "false", False, True),
    ],
)
def test_whether_a_failed_step_counts_is_said_by_the_instance_and_before_it_by_the_tag(
    by_instance: bool, by_tag: str | None, step_failed: bool, is_repeated: bool
) -> None:
    for product in ("headrace", "dagster"):
        tags = {} if by_tag is None else {f"{product}/retry_on_asset_or_op_failure": by_tag}
        retry = next_retry(tags, RetryRules(1, by_instance), step_failed=step_failed)
        assert (retry is not None) == is_repeated
