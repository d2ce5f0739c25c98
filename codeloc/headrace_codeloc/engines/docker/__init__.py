"""Workers as Docker containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace_codeloc.engines.docker.settings import DockerSettings

if TYPE_CHECKING:
    from headrace_codeloc.engines.docker.engine import DockerEngine

SETTINGS = DockerSettings


def open_engine(settings: DockerSettings) -> DockerEngine:
    """Returns the engine; connects when it is first used."""
    from headrace_codeloc.engines.docker.engine import DockerEngine

    return DockerEngine(settings)
