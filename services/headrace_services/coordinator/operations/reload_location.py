"""ReloadLocation: have a location load its code anew."""

from __future__ import annotations

import grpc

from headrace.api.coordinator.v1.coordinator_service_pb2 import ReloadLocationRequest, ReloadLocationResponse
from headrace.errors import LocationUnreachableError
from headrace.rpc.status import from_rpc_error
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.locations.snapshot import BrokenDefinitionsError


async def reload_location(request: ReloadLocationRequest, coordinator: Coordinator) -> ReloadLocationResponse:
    """Answers when the attempt has ended; that new code does not load is part of the answer."""
    entry = coordinator.registry.get(request.location_name)
    follower = coordinator.keeper.follower(entry.name)
    if follower is None:
        raise LocationUnreachableError(f"code location {entry.name!r} is not up yet")
    try:
        await follower.reload(request.request_id or coordinator.ids.uuid7())
    except grpc.RpcError as error:
        problem = from_rpc_error(error, entry.address)
        raise LocationUnreachableError(f"code location {entry.name!r} cannot reload: {problem}") from None
    except BrokenDefinitionsError as error:
        follower.failed(error.reason, str(error))
    return ReloadLocationResponse(location=entry.location())
