"""Docker: `headrace[docker]`."""

from __future__ import annotations

from headrace.integrations.docker.executor import docker_executor
from headrace.integrations.docker.pipes import PipesDockerClient, PipesDockerLogsMessageReader

__all__ = ["PipesDockerClient", "PipesDockerLogsMessageReader", "docker_executor"]
