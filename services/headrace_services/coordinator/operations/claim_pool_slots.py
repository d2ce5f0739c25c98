"""ClaimPoolSlots: tell a worker which of its steps hold slots, as soon as another one does."""

from __future__ import annotations

from headrace.api.worker.v1.worker_service_pb2 import ClaimPoolSlotsRequest, ClaimPoolSlotsResponse
from headrace_services.coordinator.context import Coordinator

_LONGEST_WAIT_SECONDS = 30.0


async def claim_pool_slots(request: ClaimPoolSlotsRequest, coordinator: Coordinator) -> ClaimPoolSlotsResponse:
    """Claims slots, and waits for another one as long as the worker wants."""
    if coordinator.settings.limits.pools.by_run:
        # The run was admitted with a slot of each of its pools.
        return ClaimPoolSlotsResponse(step_keys=[demand.step_key for demand in request.demands])
    seconds = min(request.wait.ToTimedelta().total_seconds(), _LONGEST_WAIT_SECONDS)
    return await coordinator.pools.claim(request, seconds)
