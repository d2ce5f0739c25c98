"""CoordinatorService over the operations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from headrace.api.coordinator.v1 import coordinator_service_pb2 as pb
from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceServicer
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.operations.cancel_run import cancel_run
from headrace_services.coordinator.operations.check_run import check_run
from headrace_services.coordinator.operations.create_backfill import create_backfill
from headrace_services.coordinator.operations.explain_runs import explain_runs
from headrace_services.coordinator.operations.get_definitions import get_definitions
from headrace_services.coordinator.operations.list_locations import list_locations
from headrace_services.coordinator.operations.prepare_runs import prepare_runs
from headrace_services.coordinator.operations.reload_location import reload_location
from headrace_services.coordinator.operations.retry_run import retry_run
from headrace_services.coordinator.operations.submit_run import submit_run
from headrace_services.coordinator.operations.watch_locations import watch_locations


class CoordinatorServicer(CoordinatorServiceServicer):
    """For the gateway and the scheduler."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator

    async def SubmitRun(self, request: pb.SubmitRunRequest, context: Any) -> pb.SubmitRunResponse:
        return await submit_run(request, self._coordinator)

    async def CheckRun(self, request: pb.CheckRunRequest, context: Any) -> pb.CheckRunResponse:
        return await check_run(request, self._coordinator)

    async def PrepareRuns(self, request: pb.PrepareRunsRequest, context: Any) -> pb.PrepareRunsResponse:
        return await prepare_runs(request, self._coordinator)

    async def CancelRun(self, request: pb.CancelRunRequest, context: Any) -> pb.CancelRunResponse:
        return await cancel_run(request, self._coordinator)

    async def RetryRun(self, request: pb.RetryRunRequest, context: Any) -> pb.RetryRunResponse:
        return await retry_run(request, self._coordinator)

    async def ExplainRuns(self, request: pb.ExplainRunsRequest, context: Any) -> pb.ExplainRunsResponse:
        return await explain_runs(request, self._coordinator)

    async def CreateBackfill(self, request: pb.CreateBackfillRequest, context: Any) -> pb.CreateBackfillResponse:
        return await create_backfill(request, self._coordinator)

    async def ListLocations(self, request: pb.ListLocationsRequest, context: Any) -> pb.ListLocationsResponse:
        return await list_locations(request, self._coordinator)

    async def WatchLocations(
        self, request: pb.WatchLocationsRequest, context: Any
    ) -> AsyncIterator[pb.WatchLocationsResponse]:
        async for response in watch_locations(request, self._coordinator):
            yield response

    async def GetDefinitions(
        self, request: pb.GetDefinitionsRequest, context: Any
    ) -> AsyncIterator[pb.GetDefinitionsResponse]:
        async for response in get_definitions(request, self._coordinator):
            yield response

    async def ReloadLocation(self, request: pb.ReloadLocationRequest, context: Any) -> pb.ReloadLocationResponse:
        return await reload_location(request, self._coordinator)
