"""Workers as tasks of Amazon ECS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace_codeloc.engines.ecs.settings import EcsSettings

if TYPE_CHECKING:
    from headrace_codeloc.engines.ecs.engine import EcsEngine

SETTINGS = EcsSettings


def open_engine(settings: EcsSettings) -> EcsEngine:
    """Returns the engine; connects when it is first used."""
    from headrace_codeloc.engines.ecs.engine import EcsEngine

    return EcsEngine(settings)
