"""The services that the scheduler calls."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import grpc.aio

from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceStub
from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceStub
from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceStub
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceStub
from headrace.api.storage.v1.lease_service_pb2_grpc import LeaseServiceStub
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceStub
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub
from headrace.api.storage.v1.tick_store_service_pb2_grpc import TickStoreServiceStub

if TYPE_CHECKING:
    from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceAsyncStub
    from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceAsyncStub
    from headrace.api.storage.v1.asset_index_service_pb2_grpc import AssetIndexServiceAsyncStub
    from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceAsyncStub
    from headrace.api.storage.v1.lease_service_pb2_grpc import LeaseServiceAsyncStub
    from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceAsyncStub
    from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceAsyncStub
    from headrace.api.storage.v1.tick_store_service_pb2_grpc import TickStoreServiceAsyncStub


class Storage:
    """The part of storage that the scheduler uses."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.ticks = cast("TickStoreServiceAsyncStub", TickStoreServiceStub(channel))
        self.leases = cast("LeaseServiceAsyncStub", LeaseServiceStub(channel))
        self.queue = cast("RunQueueServiceAsyncStub", RunQueueServiceStub(channel))
        self.events = cast("EventLogServiceAsyncStub", EventLogServiceStub(channel))
        self.runs = cast("RunStoreServiceAsyncStub", RunStoreServiceStub(channel))
        self.assets = cast("AssetIndexServiceAsyncStub", AssetIndexServiceStub(channel))


def coordinator(channel: grpc.aio.Channel) -> CoordinatorServiceAsyncStub:
    """Returns the stub of the coordinator."""
    return cast("CoordinatorServiceAsyncStub", CoordinatorServiceStub(channel))


@lru_cache(maxsize=1024)
def code_location(channel: grpc.aio.Channel) -> CodeLocationServiceAsyncStub:
    """Returns the stub of a code location; making one costs as much as a call."""
    return cast("CodeLocationServiceAsyncStub", CodeLocationServiceStub(channel))
