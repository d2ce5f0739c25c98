"""WatchLocations: the registry now, and what changes in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from headrace.api.coordinator.v1.coordinator_service_pb2 import WatchLocationsRequest, WatchLocationsResponse
from headrace_services.coordinator.context import Coordinator

_SIGN_OF_LIFE_SECONDS = 15.0
# A failure may carry a stack trace of 64 KiB: messages stay within 1 MiB.
_LOCATIONS_PER_MESSAGE = 12


async def watch_locations(
    request: WatchLocationsRequest, coordinator: Coordinator
) -> AsyncIterator[WatchLocationsResponse]:
    """Yields what changed since the cursor, then each change as it comes."""
    cursor = request.cursor
    with coordinator.registry.watched() as wake:
        while True:
            changes = coordinator.registry.changes_since(cursor)
            locations = [entry.location() for entry in changes.entries]
            while len(locations) > _LOCATIONS_PER_MESSAGE:
                # The cursor stays until all was sent: whoever is cut off in between is sent all of it again.
                yield WatchLocationsResponse(locations=locations[:_LOCATIONS_PER_MESSAGE], cursor=cursor)
                del locations[:_LOCATIONS_PER_MESSAGE]
            cursor = changes.cursor
            yield WatchLocationsResponse(
                locations=locations, removed_names=changes.removed, cursor=cursor, caught_up=True
            )
            await wake.wait(_SIGN_OF_LIFE_SECONDS)
