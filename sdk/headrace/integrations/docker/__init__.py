"""Docker: `headrace[docker]`."""

from __future__ import annotations

from headrace.integrations.docker.executor import docker_executor

__all__ = ["docker_executor"]
