"""LocationService: shows code locations and what they define."""

from __future__ import annotations

from typing import Any

from headrace.api.coordinator.v1 import coordinator_service_pb2 as coordinator_pb2
from headrace.api.gateway.v1 import location_service_pb2 as pb
from headrace.api.gateway.v1.location_service_pb2_grpc import LocationServiceServicer
from headrace.ids import Ids
from headrace_services.gateway.operations.relay import relay
from headrace_services.gateway.stubs import Backends


class LocationServicer(LocationServiceServicer):
    """Passes everything to the coordinator, which keeps the registry."""

    def __init__(self, backends: Backends, ids: Ids) -> None:
        self._coordinator = backends.coordinator
        self._ids = ids

    async def ListLocations(self, request: pb.ListLocationsRequest, context: Any) -> pb.ListLocationsResponse:
        answer = await self._coordinator.ListLocations(
            coordinator_pb2.ListLocationsRequest(page_size=request.page_size, page_token=request.page_token)
        )
        return pb.ListLocationsResponse(locations=answer.locations, next_page_token=answer.next_page_token)

    async def WatchLocations(self, request: pb.WatchLocationsRequest, context: Any) -> None:  # type: ignore[override]
        await relay(
            self._coordinator.WatchLocations(coordinator_pb2.WatchLocationsRequest(cursor=request.cursor)),
            lambda some: pb.WatchLocationsResponse(
                locations=some.locations,
                removed_names=some.removed_names,
                cursor=some.cursor,
                caught_up=some.caught_up,
            ),
            context,
        )

    async def GetDefinitions(self, request: pb.GetDefinitionsRequest, context: Any) -> None:  # type: ignore[override]
        await relay(
            self._coordinator.GetDefinitions(
                coordinator_pb2.GetDefinitionsRequest(location_name=request.location_name)
            ),
            lambda some: pb.GetDefinitionsResponse(part=some.part),
            context,
        )

    async def ReloadLocation(self, request: pb.ReloadLocationRequest, context: Any) -> pb.ReloadLocationResponse:
        answer = await self._coordinator.ReloadLocation(
            coordinator_pb2.ReloadLocationRequest(
                request_id=request.request_id or self._ids.uuid7(), location_name=request.location_name
            )
        )
        return pb.ReloadLocationResponse(location=answer.location)
