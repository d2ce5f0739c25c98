"""Repeating runs that failed, as often as their tags or the instance say."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass

from headrace.api.coordinator.v1.coordinator_service_pb2 import (
    RETRY_STRATEGY_ALL_STEPS,
    RETRY_STRATEGY_FROM_FAILURE,
    RetryRunRequest,
    RetryStrategy,
)
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import HeadraceError, UnavailableError
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.retry_run import retry_run
from headrace_services.coordinator.tags import max_retries, spellings, tags_of

logger = logging.getLogger(__name__)

NUMBER_TAG = "headrace/retry_number"
STRATEGY_TAGS = spellings("retry_strategy")


@dataclass(frozen=True, slots=True)
class Retry:
    """The retry that a failed run is given.

    Attributes:
        number: 1 for the first.
        strategy: What it repeats.
    """

    number: int
    strategy: RetryStrategy.ValueType


def next_retry(tags: dict[str, str], most: int) -> Retry | None:
    """Returns the retry that comes next; None if there is none left.

    Args:
        tags: Of the run that failed.
        most: How many there may be where the tags do not say.
    """
    wanted = max_retries(tags)
    before = tags.get(NUMBER_TAG, "")
    number = (int(before) if before.isdecimal() else 0) + 1
    if number > (most if wanted is None else wanted):
        return None
    strategy = next((tags[key] for key in STRATEGY_TAGS if key in tags), "")
    whole = strategy.upper() == "ALL_STEPS"
    return Retry(number, RETRY_STRATEGY_ALL_STEPS if whole else RETRY_STRATEGY_FROM_FAILURE)


async def retry_failed(run: Run, coordinator: Coordinator) -> None:
    """Queues the next retry of a run that failed, if there is one left.

    A worker repeats its report until it is answered, and every repetition asks for the same retry: once a run has
    failed its retry is made, whoever dies in between.

    Raises:
        UnavailableError: not now; the worker's report must be repeated.
    """
    retry = next_retry(tags_of(run.tags), coordinator.settings.max_retries)
    if retry is None:
        return
    request = RetryRunRequest(
        request_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"retry {run.run_id}")),
        run_id=run.run_id,
        strategy=retry.strategy,
    )
    try:
        answer = await retry_run(request, coordinator, {NUMBER_TAG: str(retry.number)})
    except UnavailableError:
        raise
    except HeadraceError as error:
        logger.warning("a failed run cannot be retried", extra={"run_id": run.run_id, "problem": str(error)})
        return
    logger.info("a failed run is retried", extra={"run_id": run.run_id, "retry": answer.run.run_id})
