"""AccessService: tells who may do what, and who did."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import access_service_pb2 as pb
from headrace.api.gateway.v1.access_service_pb2_grpc import AccessServiceServicer
from headrace.api.storage.v1 import audit_service_pb2
from headrace.rpc.scope import current_caller
from headrace_services.gateway.stubs import Backends


class AccessServicer(AccessServiceServicer):
    """Knows the caller of each call, and reads the audit from storage."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends

    async def GetCaller(self, request: pb.GetCallerRequest, context: Any) -> pb.GetCallerResponse:
        caller = current_caller()
        return pb.GetCallerResponse(name=caller.name, role=caller.role, location_names=sorted(caller.locations))

    async def ListAuditEntries(self, request: pb.ListAuditEntriesRequest, context: Any) -> pb.ListAuditEntriesResponse:
        answer = await self._backends.audit.ListAuditEntries(
            audit_service_pb2.ListAuditEntriesRequest(
                caller_name=request.caller_name if request.HasField("caller_name") else None,
                page_size=request.page_size,
                page_token=request.page_token,
            )
        )
        return pb.ListAuditEntriesResponse(entries=answer.entries, next_page_token=answer.next_page_token)
