"""The services that automation calls, beyond what the rest of the scheduler does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import grpc.aio

from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceStub
from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceStub
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceStub
from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceStub
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceStub
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub

if TYPE_CHECKING:
    from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceAsyncStub
    from headrace.api.storage.v1.backfill_store_service_pb2_grpc import BackfillStoreServiceAsyncStub
    from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceAsyncStub
    from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceAsyncStub
    from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceAsyncStub
    from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceAsyncStub


class AssetStorage:
    """The part of storage that knows what happens to assets."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.events = cast("EventLogServiceAsyncStub", EventLogServiceStub(channel))
        self.assets = cast("AssetIndexServiceAsyncStub", AssetIndexServiceStub(channel))
        self.backfills = cast("BackfillStoreServiceAsyncStub", BackfillStoreServiceStub(channel))
        self.queue = cast("RunQueueServiceAsyncStub", RunQueueServiceStub(channel))
        self.runs = cast("RunStoreServiceAsyncStub", RunStoreServiceStub(channel))
        self.partitions = cast("PartitionStoreServiceAsyncStub", PartitionStoreServiceStub(channel))
