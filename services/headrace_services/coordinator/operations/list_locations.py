"""ListLocations: read the registry."""

from __future__ import annotations

from headrace.api.coordinator.v1.coordinator_service_pb2 import ListLocationsRequest, ListLocationsResponse
from headrace_services.coordinator.context import Coordinator

_DEFAULT_PAGE, _LARGEST_PAGE = 100, 1_000


async def list_locations(request: ListLocationsRequest, coordinator: Coordinator) -> ListLocationsResponse:
    """Returns a page of locations; its token is the last name of the page before."""
    size = min(request.page_size or _DEFAULT_PAGE, _LARGEST_PAGE)
    rest = [entry for entry in coordinator.registry.entries() if entry.name > request.page_token]
    page = rest[: max(size, 1)]
    return ListLocationsResponse(
        locations=[entry.location() for entry in page],
        next_page_token=page[-1].name if len(rest) > len(page) else "",
    )
