"""ReportEvents: store a worker's batch."""

from __future__ import annotations

from headrace.api.storage.v1.event_log_service_pb2 import AppendEventsRequest
from headrace.api.worker.v1.worker_service_pb2 import ReportEventsRequest, ReportEventsResponse
from headrace_services.coordinator.context import Coordinator


async def report_events(request: ReportEventsRequest, coordinator: Coordinator) -> ReportEventsResponse:
    """Stores the batch under the worker's lease, once, and prolongs the lease."""
    stored = await coordinator.storage.events.AppendEvents(
        AppendEventsRequest(
            run_id=request.run_id,
            epoch=request.epoch,
            run_token=request.run_token,
            batch=request.batch,
            events=request.events,
        )
    )
    if not stored.repeated:
        coordinator.metrics.reported(request.run_id, request.events)
    return ReportEventsResponse(cancel_requested=stored.cancel_requested)
