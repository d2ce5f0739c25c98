"""Workers of runs as Kubernetes Jobs; those of steps too, but Celery workers decide when: their queues limit how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace_codeloc.engines.celery_k8s.settings import CeleryKubernetesSettings

if TYPE_CHECKING:
    from headrace_codeloc.engines.celery_k8s.engine import CeleryKubernetesEngine

SETTINGS = CeleryKubernetesSettings


def open_engine(settings: CeleryKubernetesSettings) -> CeleryKubernetesEngine:
    """Returns the engine; connects when it is first used."""
    from headrace_codeloc.engines.celery_k8s.engine import CeleryKubernetesEngine

    return CeleryKubernetesEngine(settings)
