"""The services that the coordinator calls."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import grpc.aio

from headrace.api.codeloc.v1.backfill_plan_service_pb2_grpc import BackfillPlanServiceStub
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceStub
from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceStub
from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceStub
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceStub
from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceStub
from headrace.api.storage.v1.pool_service_pb2_grpc import PoolServiceStub
from headrace.api.storage.v1.run_lease_service_pb2_grpc import RunLeaseServiceStub
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceStub
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub
from headrace.api.storage.v1.step_store_service_pb2_grpc import StepStoreServiceStub

if TYPE_CHECKING:
    from headrace.api.codeloc.v1.backfill_plan_service_pb2_grpc import BackfillPlanServiceAsyncStub
    from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceAsyncStub
    from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceAsyncStub
    from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceAsyncStub
    from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceAsyncStub
    from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceAsyncStub
    from headrace.api.storage.v1.pool_service_pb2_grpc import PoolServiceAsyncStub
    from headrace.api.storage.v1.run_lease_service_pb2_grpc import RunLeaseServiceAsyncStub
    from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceAsyncStub
    from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceAsyncStub
    from headrace.api.storage.v1.step_store_service_pb2_grpc import StepStoreServiceAsyncStub


class Storage:
    """The part of storage that the coordinator uses."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.assets = cast("AssetIndexServiceAsyncStub", AssetIndexServiceStub(channel))
        self.runs = cast("RunStoreServiceAsyncStub", RunStoreServiceStub(channel))
        self.backfills = cast("BackfillStoreServiceAsyncStub", BackfillStoreServiceStub(channel))
        self.queue = cast("RunQueueServiceAsyncStub", RunQueueServiceStub(channel))
        self.leases = cast("RunLeaseServiceAsyncStub", RunLeaseServiceStub(channel))
        self.partitions = cast("PartitionStoreServiceAsyncStub", PartitionStoreServiceStub(channel))
        self.pools = cast("PoolServiceAsyncStub", PoolServiceStub(channel))
        self.steps = cast("StepStoreServiceAsyncStub", StepStoreServiceStub(channel))
        self.events = cast("EventLogServiceAsyncStub", EventLogServiceStub(channel))


@lru_cache(maxsize=1024)
def code_location(channel: grpc.aio.Channel) -> CodeLocationServiceAsyncStub:
    """Returns the stub of a code location; making one costs as much as a call."""
    return cast("CodeLocationServiceAsyncStub", CodeLocationServiceStub(channel))


@lru_cache(maxsize=1024)
def backfill_plan(channel: grpc.aio.Channel) -> BackfillPlanServiceAsyncStub:
    """Returns the stub that decides for the backfills of a code location."""
    return cast("BackfillPlanServiceAsyncStub", BackfillPlanServiceStub(channel))
