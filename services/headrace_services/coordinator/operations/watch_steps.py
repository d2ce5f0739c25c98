"""WatchSteps: tell a run's worker how the steps get on that are executed elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator

from headrace.api.storage.v1 import step_store_service_pb2 as storage_pb
from headrace.api.worker.v1.step_service_pb2 import StepAttempt, WatchStepsRequest, WatchStepsResponse
from headrace_services.coordinator.context import Coordinator


async def watch_steps(request: WatchStepsRequest, coordinator: Coordinator) -> AsyncIterator[WatchStepsResponse]:
    """Passes on what storage says."""
    holder = storage_pb.StepHolder(run_id=request.run_id, epoch=request.epoch, run_token=request.run_token)
    watch = coordinator.storage.steps.WatchSteps(storage_pb.WatchStepsRequest(holder=holder, cursor=request.cursor))
    async for answer in watch:
        attempts = [
            StepAttempt(
                step_key=each.step_key,
                attempt=each.attempt,
                worker=each.worker,
                end=each.end if each.HasField("end") else None,
            )
            for each in answer.attempts
        ]
        yield WatchStepsResponse(attempts=attempts, cursor=answer.cursor, caught_up=answer.caught_up)
