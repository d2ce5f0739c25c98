"""Workers as Kubernetes Jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings

if TYPE_CHECKING:
    from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine

SETTINGS = KubernetesSettings


def open_engine(settings: KubernetesSettings) -> KubernetesEngine:
    """Returns the engine; connects when it is first used."""
    from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine

    return KubernetesEngine(settings)
