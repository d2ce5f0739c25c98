"""The services that the launcher calls, beside its engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import grpc.aio

from headrace.api.storage.v1.outbox_service_pb2_grpc import OutboxServiceStub
from headrace.api.storage.v1.run_lease_service_pb2_grpc import RunLeaseServiceStub
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceStub

if TYPE_CHECKING:
    from headrace.api.storage.v1.outbox_service_pb2_grpc import OutboxServiceAsyncStub
    from headrace.api.storage.v1.run_lease_service_pb2_grpc import RunLeaseServiceAsyncStub
    from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceAsyncStub


class Storage:
    """The part of storage that the launcher uses."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.outbox = cast("OutboxServiceAsyncStub", OutboxServiceStub(channel))
        self.leases = cast("RunLeaseServiceAsyncStub", RunLeaseServiceStub(channel))
        self.queue = cast("RunQueueServiceAsyncStub", RunQueueServiceStub(channel))
