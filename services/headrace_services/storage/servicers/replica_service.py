"""ReplicaService."""

from __future__ import annotations

from typing import Any

import grpc.aio

from headrace.api.storage.v1.replica_service_pb2 import (
    ListReplicasRequest,
    ListReplicasResponse,
    ReportReplicaRequest,
    ReportReplicaResponse,
)
from headrace.api.storage.v1.replica_service_pb2_grpc import ReplicaServiceServicer
from headrace_services.storage.operations.list_replicas import list_replicas
from headrace_services.storage.operations.report_replica import report_replica
from headrace_services.storage.store.store import Store

Context = grpc.aio.ServicerContext[Any, Any]


class Replicas(ReplicaServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    async def ReportReplica(self, request: ReportReplicaRequest, context: Context) -> ReportReplicaResponse:
        return await report_replica(self._store, request)

    async def ListReplicas(self, request: ListReplicasRequest, context: Context) -> ListReplicasResponse:
        return await list_replicas(self._store, request)
