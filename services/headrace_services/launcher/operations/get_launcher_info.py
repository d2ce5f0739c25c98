"""GetLauncherInfo: say which launcher this is."""

from __future__ import annotations

from headrace.api.launcher.v1.launcher_service_pb2 import GetLauncherInfoResponse


async def get_launcher_info(name: str, kind: str) -> GetLauncherInfoResponse:
    """Answers with the name that orders carry and the kind of engine."""
    return GetLauncherInfoResponse(launcher_name=name, kind=kind)
