"""The services that the gateway calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceStub
from headrace.api.scheduler.v1.scheduler_service_pb2_grpc import SchedulerServiceStub
from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceStub
from headrace.api.storage.v1.audit_service_pb2_grpc import AuditServiceStub
from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceStub
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceStub
from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceStub
from headrace.api.storage.v1.pool_service_pb2_grpc import PoolServiceStub
from headrace.api.storage.v1.replica_service_pb2_grpc import ReplicaServiceStub
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceStub
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub
from headrace.api.storage.v1.tick_store_service_pb2_grpc import TickStoreServiceStub
from headrace_services.kit.service import Peers

if TYPE_CHECKING:
    from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceAsyncStub
    from headrace.api.scheduler.v1.scheduler_service_pb2_grpc import SchedulerServiceAsyncStub
    from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceAsyncStub
    from headrace.api.storage.v1.audit_service_pb2_grpc import AuditServiceAsyncStub
    from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceAsyncStub
    from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceAsyncStub
    from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceAsyncStub
    from headrace.api.storage.v1.pool_service_pb2_grpc import PoolServiceAsyncStub
    from headrace.api.storage.v1.replica_service_pb2_grpc import ReplicaServiceAsyncStub
    from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceAsyncStub
    from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceAsyncStub
    from headrace.api.storage.v1.tick_store_service_pb2_grpc import TickStoreServiceAsyncStub


class Backends:
    """Whom the gateway asks."""

    def __init__(self, peers: Peers) -> None:
        storage = peers.channel("storage")
        self.serves = peers.serves
        self.coordinator = cast("CoordinatorServiceAsyncStub", CoordinatorServiceStub(peers.channel("coordinator")))
        self.scheduler = cast("SchedulerServiceAsyncStub", SchedulerServiceStub(peers.channel("scheduler")))
        self.runs = cast("RunStoreServiceAsyncStub", RunStoreServiceStub(storage))
        self.queue = cast("RunQueueServiceAsyncStub", RunQueueServiceStub(storage))
        self.audit = cast("AuditServiceAsyncStub", AuditServiceStub(storage))
        self.replicas = cast("ReplicaServiceAsyncStub", ReplicaServiceStub(storage))
        self.pools = cast("PoolServiceAsyncStub", PoolServiceStub(storage))
        self.backfills = cast("BackfillStoreServiceAsyncStub", BackfillStoreServiceStub(storage))
        self.events = cast("EventLogServiceAsyncStub", EventLogServiceStub(storage))
        self.assets = cast("AssetIndexServiceAsyncStub", AssetIndexServiceStub(storage))
        self.partitions = cast("PartitionStoreServiceAsyncStub", PartitionStoreServiceStub(storage))
        self.ticks = cast("TickStoreServiceAsyncStub", TickStoreServiceStub(storage))
