"""Heartbeat: renew a worker's lease."""

from __future__ import annotations

from headrace.api.storage.v1.run_lease_service_pb2 import RenewRunLeaseRequest
from headrace.api.worker.v1.worker_service_pb2 import HeartbeatRequest, HeartbeatResponse
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.durations import duration


async def heartbeat(request: HeartbeatRequest, coordinator: Coordinator) -> HeartbeatResponse:
    """Renews the lease and tells whether the run is to be canceled."""
    renewed = await coordinator.storage.leases.RenewRunLease(
        RenewRunLeaseRequest(
            run_id=request.run_id,
            epoch=request.epoch,
            run_token=request.run_token,
            ttl=duration(coordinator.settings.lease_seconds),
        )
    )
    return HeartbeatResponse(cancel_requested=renewed.cancel_requested)
