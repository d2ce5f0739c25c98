"""CancelRun: ask for a run's end."""

from __future__ import annotations

from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest, CancelRunResponse
from headrace.api.storage.v1.outbox_service_pb2 import OutboxMessage, StopOrder
from headrace.api.storage.v1.run_store_service_pb2 import CommitTransitionRequest, GetRunRequest
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import AbortedError
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.runs.messages import wire_state
from headrace_services.coordinator.runs.transitions import RunState, after_cancel

# Each lost race means that the run has got on; it has not that many states to go through.
_TRIES = 8


async def cancel_run(request: CancelRunRequest, coordinator: Coordinator) -> CancelRunResponse:
    """Takes the run towards its end from wherever it is; one that is over stays as it is."""
    for _ in range(_TRIES):
        run = await _read(request.run_id, coordinator)
        try:
            return CancelRunResponse(run=await _cancel(run, coordinator))
        except AbortedError:
            continue
    raise AbortedError(f"run {request.run_id} changes faster than it can be canceled; try again")


async def _read(run_id: str, coordinator: Coordinator) -> Run:
    with rpc_errors("storage"):
        return (await coordinator.storage.runs.GetRun(GetRunRequest(run_id=run_id))).run


async def _cancel(run: Run, coordinator: Coordinator) -> Run:
    state = RunState(run.state)
    wanted = after_cancel(state)
    if wanted is None:
        return run
    if state is not RunState.STARTING:
        return await _commit(run, wanted, "canceled by request", coordinator)
    # Nobody can claim it any more once it is CANCELING, and nobody holds it: nobody is left to confirm.
    canceling = await _commit(run, wanted, "canceled by request", coordinator)
    return await _commit(canceling, RunState.CANCELED, "canceled before a worker had it", coordinator)


async def _commit(run: Run, wanted: RunState, reason: str, coordinator: Coordinator) -> Run:
    request = CommitTransitionRequest(
        request_id=coordinator.ids.uuid7(),
        run_id=run.run_id,
        from_state=run.state,
        epoch=run.epoch,
        to_state=wire_state(wanted),
        reason=reason,
        messages=[_stop(run, coordinator)] if wanted is RunState.CANCELING else [],
    )
    with rpc_errors("storage"):
        answer = await coordinator.storage.runs.CommitTransition(request)
    if not answer.repeated:
        coordinator.metrics.changed(answer.run)
    return answer.run


def _stop(run: Run, coordinator: Coordinator) -> OutboxMessage:
    return OutboxMessage(
        launcher_name=run.launcher_name or coordinator.settings.launchers.default,
        stop_order=StopOrder(
            run_id=run.run_id,
            location_address=coordinator.registry.address(run.location_name),
            kill=RunState(run.state) is RunState.STARTING,
        ),
    )
