"""ClaimRun: make a worker the holder of a run."""

from __future__ import annotations

from headrace.api.storage.v1 import run_lease_service_pb2 as storage_pb
from headrace.api.worker.v1.worker_service_pb2 import ClaimRunRequest, ClaimRunResponse
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.durations import duration


async def claim_run(request: ClaimRunRequest, coordinator: Coordinator) -> ClaimRunResponse:
    """Answers with all that the worker needs to begin."""
    settings = coordinator.settings
    ttl = duration(settings.lease_seconds)
    claim = await coordinator.storage.leases.ClaimRun(
        storage_pb.ClaimRunRequest(
            request_id=request.request_id,
            run_id=request.run_id,
            launch_token=request.launch_token,
            worker=request.worker,
            ttl=ttl,
        )
    )
    if not claim.repeated:
        coordinator.metrics.claimed(claim.run)
    return ClaimRunResponse(
        run=claim.run,
        epoch=claim.run.epoch,
        run_token=claim.run_token,
        lease_ttl=ttl,
        heartbeat_interval=duration(settings.heartbeat_seconds),
        compute_log_directory=settings.compute_log_directory,
        compute_log_manager=settings.compute_log_manager,
        python_logs=settings.python_logs,
        artifact_directory=settings.artifact_directory,
        container_context=settings.launchers.context(claim.run.launcher_name),
    )
