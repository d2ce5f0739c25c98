"""DeploymentService: shows what a deployment consists of and how it is configured."""

from __future__ import annotations

from typing import Any

from headrace.api.gateway.v1 import deployment_service_pb2 as pb
from headrace.api.gateway.v1.deployment_service_pb2_grpc import DeploymentServiceServicer
from headrace.api.storage.v1 import replica_service_pb2, run_queue_service_pb2
from headrace_services.gateway.instance_view import InstanceView
from headrace_services.gateway.operations.watch_changes import watch_changes
from headrace_services.gateway.stubs import Backends


class DeploymentServicer(DeploymentServiceServicer):
    """Reads from storage, and from this process's own instance file."""

    def __init__(self, backends: Backends, instance: InstanceView) -> None:
        self._backends = backends
        self._instance = instance

    async def ListReplicas(self, request: pb.ListReplicasRequest, context: Any) -> pb.ListReplicasResponse:
        answer = await self._backends.replicas.ListReplicas(
            replica_service_pb2.ListReplicasRequest(page_size=request.page_size, page_token=request.page_token)
        )
        return pb.ListReplicasResponse(replicas=answer.replicas, next_page_token=answer.next_page_token)

    async def GetInstance(self, request: pb.GetInstanceRequest, context: Any) -> pb.GetInstanceResponse:
        return self._instance.answer()

    async def GetQueue(self, request: pb.GetQueueRequest, context: Any) -> pb.GetQueueResponse:
        answer = await self._backends.queue.GetQueue(
            run_queue_service_pb2.GetQueueRequest(max_queued_runs=request.max_queued_runs)
        )
        return pb.GetQueueResponse(
            queued_runs=answer.queued_runs,
            active_runs=answer.active_runs,
            queued_count=answer.queued_count,
            pools=answer.pools,
            limits=self._instance.limits(),
        )

    async def WatchChanges(self, request: pb.WatchChangesRequest, context: Any) -> None:  # type: ignore[override]
        await watch_changes(request, self._backends, context)
