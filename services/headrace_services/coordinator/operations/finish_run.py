"""FinishRun: store a worker's last batch and end its run."""

from __future__ import annotations

import uuid

from headrace.api.storage.v1.run_store_service_pb2 import CommitTransitionRequest, CommitTransitionResponse
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, Failure
from headrace.api.worker.v1.worker_service_pb2 import FinishRunRequest, FinishRunResponse
from headrace.errors import AbortedError
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.retries.automatic import retry_failed
from headrace_services.coordinator.runs.messages import wire_state
from headrace_services.coordinator.runs.transitions import Finish, RunState, after_finish


async def finish_run(request: FinishRunRequest, coordinator: Coordinator) -> FinishRunResponse:
    """Ends the run as its worker says."""
    finish = after_finish(request.state)
    try:
        answer = await _commit(request, finish, coordinator)
    except AbortedError:
        if finish.state is not RunState.CANCELED:
            raise
        finish = after_finish(RunState.FAILED)
        answer = await _commit(_stopped(request), finish, coordinator)
    run = answer.run
    if not answer.repeated:
        coordinator.metrics.reported(run.run_id, request.events)
        coordinator.metrics.changed(run)
    if finish.state is RunState.FAILED and RunState(run.state) is RunState.FAILED:
        await retry_failed(run, coordinator)
    return FinishRunResponse()


async def _commit(request: FinishRunRequest, finish: Finish, coordinator: Coordinator) -> CommitTransitionResponse:
    first, *others = finish.sources
    with rpc_errors("storage"):
        answer: CommitTransitionResponse = await coordinator.storage.runs.CommitTransition(
            CommitTransitionRequest(
                request_id=_request_id(request, finish),
                run_id=request.run_id,
                from_state=wire_state(first),
                or_from_state=wire_state(others[0] if others else None),
                epoch=request.epoch,
                to_state=wire_state(finish.state),
                failure=request.failure if request.HasField("failure") else None,
                run_token=request.run_token,
                batch=request.batch,
                events=request.events,
            )
        )
    return answer


def _request_id(request: FinishRunRequest, finish: Finish) -> str:
    """Returns the same id for every repetition: a worker whose answer was lost asks again."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"finish {request.run_id} {request.run_token} {finish.state.name}"))


def _stopped(request: FinishRunRequest) -> FinishRunRequest:
    """Returns the report of a worker that was told to stop though nobody canceled its run: it failed."""
    stopped = FinishRunRequest()
    stopped.CopyFrom(request)
    stopped.failure.CopyFrom(
        Failure(type="WORKER_STOPPED", message="its worker was stopped from outside", origin=FAILURE_ORIGIN_SYSTEM)
    )
    return stopped
