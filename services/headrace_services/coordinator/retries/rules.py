"""Whether a run that failed is repeated once more. Pure: no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    RETRY_STRATEGY_ALL_STEPS,
    RETRY_STRATEGY_FROM_ASSET_FAILURE,
    RETRY_STRATEGY_FROM_FAILURE,
    RetryStrategy,
)
from headrace_services.coordinator.runs.tags import max_retries, retry_on_step_failure, retry_strategy

NUMBER_TAG = "headrace/retry_number"
_STRATEGIES: dict[str, RetryStrategy.ValueType] = {
    "": RETRY_STRATEGY_FROM_FAILURE,
    "FROM_FAILURE": RETRY_STRATEGY_FROM_FAILURE,
    "FROM_ASSET_FAILURE": RETRY_STRATEGY_FROM_ASSET_FAILURE,
    "ALL_STEPS": RETRY_STRATEGY_ALL_STEPS,
}


@dataclass(frozen=True, slots=True)
class RetryRules:
    """What holds where a run's tags do not say.

    Attributes:
        most: How often a run is repeated.
        on_step_failure: Whether a step that failed counts, or only what was not the fault of user code.
    """

    most: int = 0
    on_step_failure: bool = True


@dataclass(frozen=True, slots=True)
class Retry:
    """The retry that a failed run is given.

    Attributes:
        number: 1 for the first.
        strategy: What it repeats.
    """

    number: int
    strategy: RetryStrategy.ValueType


def next_retry(tags: dict[str, str], rules: RetryRules, *, step_failed: bool = True) -> Retry | None:
    """Returns the retry that comes next; None if there is none left.

    Args:
        tags: Of the run that failed.
        rules: What holds where the tags do not say.
        step_failed: Whether user code is why it failed.
    """
    wanted, counts = max_retries(tags), retry_on_step_failure(tags)
    if step_failed and not (rules.on_step_failure if counts is None else counts):
        return None
    before = tags.get(NUMBER_TAG, "")
    number = (int(before) if before.isdecimal() else 0) + 1
    if number > (rules.most if wanted is None else wanted):
        return None
    return Retry(number, _STRATEGIES[retry_strategy(tags)])
