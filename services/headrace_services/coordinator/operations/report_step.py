"""ReportStep: store what a step's worker says."""

from __future__ import annotations

from headrace.api.storage.v1 import step_store_service_pb2 as storage_pb
from headrace.api.worker.v1.step_service_pb2 import ReportStepRequest, ReportStepResponse
from headrace_services.coordinator.context import Coordinator


async def report_step(request: ReportStepRequest, coordinator: Coordinator) -> ReportStepResponse:
    """Stores a batch and an end under the attempt's claim, once."""
    step = storage_pb.StepHolder(
        run_id=request.run_id,
        epoch=request.epoch,
        run_token=request.run_token,
        step_key=request.step_key,
        attempt=request.attempt,
    )
    stored = await coordinator.storage.steps.ReportStep(
        storage_pb.ReportStepRequest(
            request_id=request.claim_id,
            step=step,
            batch=request.batch,
            events=request.events,
            end=request.end if request.HasField("end") else None,
        )
    )
    coordinator.metrics.reported(request.run_id, request.events)
    return ReportStepResponse(cancel_requested=stored.cancel_requested)
