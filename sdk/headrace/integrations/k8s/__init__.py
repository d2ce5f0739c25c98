"""Kubernetes: `headrace[k8s]`. The run launcher needs no code: `K8sRunLauncher` in the instance file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.integrations.k8s.executor import k8s_job_executor
    from headrace.integrations.k8s.job_op import execute_k8s_job, k8s_job_op
    from headrace.integrations.k8s.pipes import PipesK8sClient, PipesK8sPodLogsMessageReader
    from headrace.integrations.k8s.raw_config import K8sConfigMergeBehavior

# A launcher imports what is below this package, and none of what users write their code with.
_HOMES = {
    "K8sConfigMergeBehavior": "raw_config",
    "PipesK8sClient": "pipes",
    "PipesK8sPodLogsMessageReader": "pipes",
    "execute_k8s_job": "job_op",
    "k8s_job_executor": "executor",
    "k8s_job_op": "job_op",
}

__all__ = [
    "K8sConfigMergeBehavior",
    "PipesK8sClient",
    "PipesK8sPodLogsMessageReader",
    "execute_k8s_job",
    "k8s_job_executor",
    "k8s_job_op",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
