"""Repeating runs that failed, as often as their tags or the instance say."""

from __future__ import annotations

import logging
import uuid

from headrace.api.coordinator.v1.coordinator_service_pb2 import RetryRunRequest
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import HeadraceError, NothingToRetryError, UnavailableError
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.retry_run import retry_run
from headrace_services.coordinator.retries.making import retry_of
from headrace_services.coordinator.retries.rules import NUMBER_TAG, Retry, next_retry
from headrace_services.coordinator.runs.completing import place
from headrace_services.coordinator.runs.identity import run_id_of
from headrace_services.coordinator.runs.planning import Pools
from headrace_services.coordinator.runs.tags import tags_of

logger = logging.getLogger(__name__)


async def retry_failed(run: Run, coordinator: Coordinator) -> None:
    """Queues the next retry of a run that failed, if there is one left.

    A worker repeats its report until it is answered, and every repetition asks for the same retry: once a run has
    failed its retry is made, whoever dies in between.

    Raises:
        UnavailableError: not now; the worker's report must be repeated.
    """
    step_failed = run.failure.origin != FAILURE_ORIGIN_SYSTEM
    retry = next_retry(tags_of(run.tags), coordinator.settings.retries, step_failed=step_failed)
    if retry is None:
        return
    try:
        answer = await retry_run(_request(run, retry), coordinator, retry.number)
    except UnavailableError:
        raise
    except HeadraceError as error:
        logger.warning("a failed run cannot be retried", extra={"run_id": run.run_id, "problem": str(error)})
        return
    logger.info("a failed run is retried", extra={"run_id": run.run_id, "retry": answer.run.run_id})


async def retry_to_come(run: Run, coordinator: Coordinator) -> Run | None:
    """Returns the retry of a run that is about to be failed for want of time, complete; None if there is none left.

    Its location is not asked: it took the same job and configuration before, and may not even be there now.

    Raises:
        UnavailableError: storage does not answer.
    """
    retry = next_retry(tags_of(run.tags), coordinator.settings.retries, step_failed=False)
    if retry is None:
        return None
    request = _request(run, retry)
    try:
        made = await retry_of(request, run, coordinator, {NUMBER_TAG: str(retry.number)})
    except NothingToRetryError:
        return None
    made.run_id = run_id_of(request.request_id, made)
    if run.HasField("max_runtime"):
        made.max_runtime.CopyFrom(run.max_runtime)
    place(made, Pools(tuple(run.pools), tuple(run.start_pools)), coordinator.settings.limits)
    coordinator.settings.launchers.assign(made, run.launch_spec if run.HasField("launch_spec") else None)
    return made


def _request(run: Run, retry: Retry) -> RetryRunRequest:
    """Returns the request for a run's next retry, which is the same whoever asks for it."""
    request_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"retry {run.run_id}"))
    return RetryRunRequest(request_id=request_id, run_id=run.run_id, strategy=retry.strategy)
