"""ClaimStep: make a worker the holder of an attempt of a step."""

from __future__ import annotations

from headrace.api.storage.v1 import step_store_service_pb2 as storage_pb
from headrace.api.worker.v1.step_service_pb2 import ClaimStepRequest, ClaimStepResponse
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.durations import duration


async def claim_step(request: ClaimStepRequest, coordinator: Coordinator) -> ClaimStepResponse:
    """Answers with all that the worker needs to begin."""
    settings = coordinator.settings
    step = storage_pb.StepHolder(
        run_id=request.run_id,
        epoch=request.epoch,
        run_token=request.run_token,
        step_key=request.step_key,
        attempt=request.attempt,
    )
    claim = await coordinator.storage.steps.ClaimStep(
        storage_pb.ClaimStepRequest(request_id=request.request_id, step=step, worker=request.worker)
    )
    return ClaimStepResponse(
        run=claim.run,
        order=claim.order,
        lease_ttl=duration(settings.lease_seconds),
        heartbeat_interval=duration(settings.heartbeat_seconds),
        compute_log_directory=settings.compute_log_directory,
        compute_log_manager=settings.compute_log_manager,
        python_logs=settings.python_logs,
        artifact_directory=settings.artifact_directory,
    )
