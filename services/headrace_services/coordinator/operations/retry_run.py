"""RetryRun: make a new run from one that is over."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from headrace.api.coordinator.v1.coordinator_service_pb2 import RetryRunRequest, RetryRunResponse
from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest
from headrace.errors import RunNotFinishedError
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.submit_run import prepared, queue_run
from headrace_services.coordinator.retries.making import retry_of
from headrace_services.coordinator.runs.identity import run_id_of


async def retry_run(
    request: RetryRunRequest, coordinator: Coordinator, tags: Mapping[str, str] = MappingProxyType({})
) -> RetryRunResponse:
    """Queues a run of the same job, with the same configuration, for the steps that are to be repeated.

    Args:
        request: Which run, and what to repeat.
        coordinator: The coordinator's parts.
        tags: What the new run is tagged with besides.
    """
    request_id = request.request_id or coordinator.ids.uuid7()
    with rpc_errors("storage"):
        parent = (await coordinator.storage.runs.GetRun(GetRunRequest(run_id=request.run_id))).run
    if not parent.HasField("finish_time"):
        raise RunNotFinishedError(f"run {parent.run_id} is not over: cancel it, or wait for its end")
    retry = await retry_of(request, parent, coordinator, tags)
    run = await prepared(retry, run_id_of(request_id, retry), coordinator)
    answer = await queue_run(request_id, run, coordinator)
    return RetryRunResponse(run=answer.run, created=answer.created)
