"""GetDefinitions: the definitions of a location as last loaded."""

from __future__ import annotations

from collections.abc import AsyncIterator

from headrace.api.coordinator.v1.coordinator_service_pb2 import GetDefinitionsRequest, GetDefinitionsResponse
from headrace.api.types.v1.definitions_pb2 import DefinitionsHeader, DefinitionsPart, DefinitionsTrailer
from headrace.errors import LocationNotLoadedError
from headrace_services.coordinator.context import Coordinator


async def get_definitions(
    request: GetDefinitionsRequest, coordinator: Coordinator
) -> AsyncIterator[GetDefinitionsResponse]:
    """Yields header, batches and trailer of one snapshot, even if a newer one comes meanwhile."""
    entry = coordinator.registry.get(request.location_name)
    snapshot = entry.snapshot
    if snapshot is None:
        raise LocationNotLoadedError(
            f"code location {entry.name!r} {entry.obstacle()}", metadata={"location": entry.name}
        )
    yield _part(DefinitionsPart(header=DefinitionsHeader(code_version=snapshot.code_version)))
    for batch in snapshot.batches:
        yield _part(DefinitionsPart(batch=batch))
    yield _part(
        DefinitionsPart(trailer=DefinitionsTrailer(definition_count=snapshot.count, digest=snapshot.entries_digest))
    )


def _part(part: DefinitionsPart) -> GetDefinitionsResponse:
    return GetDefinitionsResponse(part=part)
