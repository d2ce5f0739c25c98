"""Telling storage what runs in this process and how it is, for people who look at the deployment."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

import grpc
import grpc.aio

from headrace.api.storage.v1.replica_service_pb2 import ReportReplicaRequest
from headrace.api.storage.v1.replica_service_pb2_grpc import ReplicaServiceStub
from headrace.api.types.v1.replica_pb2 import REPLICA_STATE_HEALTHY, REPLICA_STATE_UNHEALTHY, Replica, ReplicaLoop
from headrace.clock import Clock
from headrace.version import version
from headrace_services.kit.health import Health
from headrace_services.kit.loops import Loop

if TYPE_CHECKING:
    from headrace.api.storage.v1.replica_service_pb2_grpc import ReplicaServiceAsyncStub

logger = logging.getLogger(__name__)

REPORT_SECONDS = 10.0
_LEAVE_SECONDS = 1.0
# An older storage learns about replicas with its next version, and not before.
_NOT_KNOWN_SECONDS = 600.0
_LONGEST_PROBLEM = 500


class ReplicaReport:
    """What this process says of itself.

    Args:
        channel: The way to storage.
        replica: What never changes of it.
        health: Who knows how its services are.
        loops: What it does without being asked.
    """

    def __init__(self, channel: grpc.aio.Channel, replica: Replica, health: Health, loops: Sequence[Loop]) -> None:
        self._storage = cast("ReplicaServiceAsyncStub", ReplicaServiceStub(channel))
        self._replica = replica
        self._health = health
        self._loops = loops
        self._reported = False

    async def tick(self, now: datetime) -> float:
        """Reports once."""
        del now
        try:
            await self._storage.ReportReplica(ReportReplicaRequest(replica=self._present()))
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNIMPLEMENTED:
                raise
            return _NOT_KNOWN_SECONDS
        self._reported = True
        return REPORT_SECONDS

    async def leave(self) -> None:
        """Says that this process ends, if it ever said that it is there; nothing rests on being heard."""
        if not self._reported:
            return
        request = ReportReplicaRequest(replica=Replica(replica_id=self._replica.replica_id), leaving=True)
        try:
            await self._storage.ReportReplica(request, timeout=_LEAVE_SECONDS)
        except grpc.RpcError as error:
            logger.info("storage was not told that this process ends", extra={"problem": str(error.code())})

    def _present(self) -> Replica:
        replica = Replica()
        replica.CopyFrom(self._replica)
        replica.unhealthy_services.extend(self._health.sick)
        replica.state = REPLICA_STATE_UNHEALTHY if self._health.sick else REPLICA_STATE_HEALTHY
        replica.loops.extend(map(_loop, self._loops))
        return replica


def this_replica(replica_id: str, services: Sequence[str], address: str, clock: Clock) -> Replica:
    """Returns what never changes of this process."""
    replica = Replica(
        replica_id=replica_id,
        services=services,
        host=socket.gethostname(),
        process_id=os.getpid(),
        address=address,
        version=version(),
    )
    replica.start_time.FromDatetime(clock.now())
    return replica


def _loop(loop: Loop) -> ReplicaLoop:
    message = ReplicaLoop(name=loop.name, failure_count=loop.failures, problem=loop.problem[:_LONGEST_PROBLEM])
    if loop.success_time is not None:
        message.success_time.FromDatetime(loop.success_time)
    return message
