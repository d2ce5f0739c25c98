"""Docker: `headrace[docker]`."""

from __future__ import annotations

from headrace.integrations.docker.container_op import docker_container_op, execute_docker_container
from headrace.integrations.docker.executor import docker_executor
from headrace.integrations.docker.pipes import PipesDockerClient, PipesDockerLogsMessageReader

__all__ = [
    "PipesDockerClient",
    "PipesDockerLogsMessageReader",
    "docker_container_op",
    "docker_executor",
    "execute_docker_container",
]
