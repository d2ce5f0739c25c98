"""ReportReplica."""

from __future__ import annotations

from headrace.api.storage.v1.replica_service_pb2 import ReportReplicaRequest, ReportReplicaResponse
from headrace_services.storage.operations.checks import require
from headrace_services.storage.store import replicas
from headrace_services.storage.store.hints import REPLICA
from headrace_services.storage.store.locks import replica_lock
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def report_replica(store: Store, request: ReportReplicaRequest) -> ReportReplicaResponse:
    """Keeps what a process says of itself, or forgets it."""
    require(request.replica, "replica_id")

    def act(tx: Transaction) -> ReportReplicaResponse:
        if request.leaving:
            replicas.forget(tx, request.replica.replica_id)
        else:
            replicas.write(tx, request.replica.replica_id, request.replica.SerializeToString())
        tx.hints.kinds.add(REPLICA)
        return ReportReplicaResponse()

    return await store.write(Intent("report_replica", act, frozenset({replica_lock(request.replica.replica_id)})))
