"""LauncherService over the operations."""

from __future__ import annotations

from typing import Any

from headrace.api.launcher.v1 import launcher_service_pb2 as pb
from headrace.api.launcher.v1.launcher_service_pb2_grpc import LauncherServiceServicer
from headrace_services.launcher.operations.get_launcher_info import get_launcher_info
from headrace_services.launcher.operations.list_workers import list_workers
from headrace_services.launcher.workers import Workers


class LauncherServicer(LauncherServiceServicer):
    """For the coordinator, and for people who look after it."""

    def __init__(self, name: str, kind: str, workers: Workers) -> None:
        self._name = name
        self._kind = kind
        self._workers = workers

    async def GetLauncherInfo(self, request: pb.GetLauncherInfoRequest, context: Any) -> pb.GetLauncherInfoResponse:
        return await get_launcher_info(self._name, self._kind)

    async def ListWorkers(self, request: pb.ListWorkersRequest, context: Any) -> pb.ListWorkersResponse:
        return await list_workers(request, self._workers)
