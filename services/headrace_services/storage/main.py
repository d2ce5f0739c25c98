"""Wires storage."""

from __future__ import annotations

import grpc.aio

from headrace.api.storage.v1.asset_index_service_pb2_grpc import add_AssetIndexServiceServicer_to_server
from headrace.api.storage.v1.audit_service_pb2_grpc import add_AuditServiceServicer_to_server
from headrace.api.storage.v1.backfill_store_service_pb2_grpc import add_BackfillStoreServiceServicer_to_server
from headrace.api.storage.v1.event_log_service_pb2_grpc import add_EventLogServiceServicer_to_server
from headrace.api.storage.v1.lease_service_pb2_grpc import add_LeaseServiceServicer_to_server
from headrace.api.storage.v1.outbox_service_pb2_grpc import add_OutboxServiceServicer_to_server
from headrace.api.storage.v1.partition_store_service_pb2_grpc import add_PartitionStoreServiceServicer_to_server
from headrace.api.storage.v1.pool_service_pb2_grpc import add_PoolServiceServicer_to_server
from headrace.api.storage.v1.replica_service_pb2_grpc import add_ReplicaServiceServicer_to_server
from headrace.api.storage.v1.run_lease_service_pb2_grpc import add_RunLeaseServiceServicer_to_server
from headrace.api.storage.v1.run_queue_service_pb2_grpc import add_RunQueueServiceServicer_to_server
from headrace.api.storage.v1.run_store_service_pb2_grpc import add_RunStoreServiceServicer_to_server
from headrace.api.storage.v1.step_store_service_pb2_grpc import add_StepStoreServiceServicer_to_server
from headrace.api.storage.v1.tick_store_service_pb2_grpc import add_TickStoreServiceServicer_to_server
from headrace_services.kit.service import Service, ServiceEnv
from headrace_services.storage.config import database_opener, patience_seconds
from headrace_services.storage.measures import StorageMetrics
from headrace_services.storage.servicers.asset_index_service import AssetIndex
from headrace_services.storage.servicers.audit_service import Audit
from headrace_services.storage.servicers.backfill_store_service import BackfillStore
from headrace_services.storage.servicers.event_log_service import EventLog
from headrace_services.storage.servicers.lease_service import Leases
from headrace_services.storage.servicers.outbox_service import Outbox
from headrace_services.storage.servicers.partition_store_service import PartitionStore
from headrace_services.storage.servicers.pool_service import Pools
from headrace_services.storage.servicers.replica_service import Replicas
from headrace_services.storage.servicers.run_lease_service import RunLease
from headrace_services.storage.servicers.run_queue_service import RunQueue
from headrace_services.storage.servicers.run_store_service import RunStore
from headrace_services.storage.servicers.step_store_service import StepStore
from headrace_services.storage.servicers.tick_store_service import TickStore
from headrace_services.storage.store.pools import PoolLimits
from headrace_services.storage.store.store import Store
from headrace_services.storage.upkeep import Upkeep

_NO_LIMITS = PoolLimits()


def build(env: ServiceEnv) -> Service:
    """Builds the storage service."""
    opener = database_opener(env.instance, env.clock, env.ids)
    metrics = StorageMetrics(env.metrics)
    patience = patience_seconds(env.instance)
    store = Store(opener, env.clock, env.ids, metrics, patience_seconds=patience)
    limits = PoolLimits(env.instance.pools.default_limit, env.instance.pools.limits)
    loops = Upkeep(store, metrics, env.instance.retention, limits).loops()
    return Service(
        "storage",
        lambda server: add_servicers(server, store, limits),
        loops,
        store.start,
        store.stop,
        healthy=store.answers,
    )


def add_servicers(server: grpc.aio.Server, store: Store, limits: PoolLimits = _NO_LIMITS) -> None:
    """Adds every service of storage to a server; `limits` are those of pools that nobody has set another for."""
    add_RunStoreServiceServicer_to_server(RunStore(store), server)
    add_RunQueueServiceServicer_to_server(RunQueue(store, limits), server)
    add_PoolServiceServicer_to_server(Pools(store, limits), server)
    add_RunLeaseServiceServicer_to_server(RunLease(store), server)
    add_OutboxServiceServicer_to_server(Outbox(store), server)
    add_EventLogServiceServicer_to_server(EventLog(store), server)
    add_TickStoreServiceServicer_to_server(TickStore(store), server)
    add_AssetIndexServiceServicer_to_server(AssetIndex(store), server)
    add_PartitionStoreServiceServicer_to_server(PartitionStore(store), server)
    add_BackfillStoreServiceServicer_to_server(BackfillStore(store), server)
    add_LeaseServiceServicer_to_server(Leases(store), server)
    add_ReplicaServiceServicer_to_server(Replicas(store), server)
    add_StepStoreServiceServicer_to_server(StepStore(store), server)
    add_AuditServiceServicer_to_server(Audit(store), server)
