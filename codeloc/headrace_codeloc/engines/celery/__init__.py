"""Workers as tasks of Celery: a Celery worker that has the team's environment starts the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace_codeloc.engines.celery.settings import CelerySettings

if TYPE_CHECKING:
    from headrace_codeloc.engines.celery.engine import CeleryEngine

SETTINGS = CelerySettings


def open_engine(settings: CelerySettings) -> CeleryEngine:
    """Returns the engine; connects when it is first used."""
    from headrace_codeloc.engines.celery.engine import CeleryEngine

    return CeleryEngine(settings)
