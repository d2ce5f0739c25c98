"""RetryRun: make a new run from one that is over."""

from __future__ import annotations

from headrace.api.coordinator.v1.coordinator_service_pb2 import RetryRunRequest, RetryRunResponse
from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest
from headrace.errors import RunNotFinishedError
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.submit_run import prepared, queue_run
from headrace_services.coordinator.retries.making import retry_of
from headrace_services.coordinator.retries.rules import NUMBER_TAG
from headrace_services.coordinator.runs.identity import run_id_of


async def retry_run(request: RetryRunRequest, coordinator: Coordinator, number: int | None = None) -> RetryRunResponse:
    """Queues a run of the same job, with the same configuration, for the steps that are to be repeated.

    Args:
        request: Which run, and what to repeat.
        coordinator: The coordinator's parts.
        number: Which retry in a row it is, where nobody asked for it: the run was taken in with its retries, so that
            a queue that is full by now does not refuse them.
    """
    request_id = request.request_id or coordinator.ids.uuid7()
    with rpc_errors("storage"):
        parent = (await coordinator.storage.runs.GetRun(GetRunRequest(run_id=request.run_id))).run
    if not parent.HasField("finish_time"):
        raise RunNotFinishedError(f"run {parent.run_id} is not over: cancel it, or wait for its end")
    tags = {} if number is None else {NUMBER_TAG: str(number)}
    retry = await retry_of(request, parent, coordinator, tags)
    run = await prepared(retry, run_id_of(request_id, retry), coordinator)
    most = coordinator.settings.max_queued_runs if number is None else 0
    answer = await queue_run(request_id, run, coordinator, most)
    return RetryRunResponse(run=answer.run, created=answer.created)
