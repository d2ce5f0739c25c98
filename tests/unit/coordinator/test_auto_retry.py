from __future__ import annotations

import pytest

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    RETRY_STRATEGY_ALL_STEPS,
    RETRY_STRATEGY_FROM_FAILURE,
)
from headrace_services.coordinator.auto_retry import Retry, next_retry


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
    retry = next_retry(tags, most)
    assert (retry and retry.number) == number


def test_what_a_retry_repeats_may_be_said_by_a_tag() -> None:
    assert next_retry({}, 1) == Retry(1, RETRY_STRATEGY_FROM_FAILURE)
    for key in ("headrace/retry_strategy", "dagster/retry_strategy"):
        assert next_retry({key: "ALL_STEPS"}, 1) == Retry(1, RETRY_STRATEGY_ALL_STEPS)
        assert next_retry({key: "from_failure"}, 1) == Retry(1, RETRY_STRATEGY_FROM_FAILURE)
