"""AuditService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.audit_service_pb2 import (
    AppendAuditEntriesRequest,
    AppendAuditEntriesResponse,
    ListAuditEntriesRequest,
    ListAuditEntriesResponse,
)
from headrace.api.storage.v1.audit_service_pb2_grpc import AuditServiceServicer
from headrace_services.storage.operations.append_audit_entries import append_audit_entries
from headrace_services.storage.operations.list_audit_entries import list_audit_entries
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class Audit(AuditServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def AppendAuditEntries(
        self, request: AppendAuditEntriesRequest, context: Context
    ) -> AppendAuditEntriesResponse:
        return await append_audit_entries(self._store, request)

    async def ListAuditEntries(self, request: ListAuditEntriesRequest, context: Context) -> ListAuditEntriesResponse:
        return await list_audit_entries(self._store, request)
