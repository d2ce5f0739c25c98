"""WorkerService over the operations."""

from __future__ import annotations

from typing import Any

from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceServicer
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.claim_pool_slots import claim_pool_slots
from headrace_services.coordinator.operations.claim_run import claim_run
from headrace_services.coordinator.operations.finish_run import finish_run
from headrace_services.coordinator.operations.get_data_version import get_data_version
from headrace_services.coordinator.operations.heartbeat import heartbeat
from headrace_services.coordinator.operations.report_events import report_events


class WorkerServicer(WorkerServiceServicer):
    """For run workers."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator

    async def ClaimRun(self, request: pb.ClaimRunRequest, context: Any) -> pb.ClaimRunResponse:
        return await claim_run(request, self._coordinator)

    async def Heartbeat(self, request: pb.HeartbeatRequest, context: Any) -> pb.HeartbeatResponse:
        return await heartbeat(request, self._coordinator)

    async def ReportEvents(self, request: pb.ReportEventsRequest, context: Any) -> pb.ReportEventsResponse:
        return await report_events(request, self._coordinator)

    async def FinishRun(self, request: pb.FinishRunRequest, context: Any) -> pb.FinishRunResponse:
        return await finish_run(request, self._coordinator)

    async def ClaimPoolSlots(self, request: pb.ClaimPoolSlotsRequest, context: Any) -> pb.ClaimPoolSlotsResponse:
        return await claim_pool_slots(request, self._coordinator)

    async def GetDataVersion(self, request: pb.GetDataVersionRequest, context: Any) -> pb.GetDataVersionResponse:
        return await get_data_version(request, self._coordinator)
