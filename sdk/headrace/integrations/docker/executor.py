"""The executor whose steps are Docker containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.fields import Field, Noneable, Permissive
from headrace.config.sources import StringSource
from headrace.config.types import Bool, Float
from headrace.integrations.engine_executor import engine_executor, optional

_REGISTRY = {
    "url": Field(StringSource, description="The registry."),
    "username": optional(StringSource, "Who logs in."),
    "password": optional(StringSource, "Their password."),
}

DOCKER_FIELDS: Mapping[str, Any] = {
    "image": optional(Noneable(StringSource), "The image of steps; that of the run when left out."),
    "registry": optional(_REGISTRY, "Where to log in before an image is pulled."),
    "env_vars": optional([StringSource], "NAME=value, or NAME for a variable of the run's worker."),
    "network": optional(StringSource, "A network to connect containers to."),
    "networks": optional([StringSource], "Several of them."),
    "container_kwargs": optional(Permissive(), "What else `containers.create` of the Docker client takes."),
    "base_url": optional(StringSource, "Where the engine is; what DOCKER_HOST says when left out."),
    "keep_failed": optional(Bool, "Whether containers that ended badly are left for somebody to look at."),
    "pull_seconds": optional(Float, "How long an image may take to come."),
}
"""What is said of containers."""

docker_executor = engine_executor("docker", DOCKER_FIELDS, "Runs each step in a Docker container.")
"""Runs each step in a Docker container; what is left out of its config is as the run's launcher has it."""
