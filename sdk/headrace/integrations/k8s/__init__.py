"""Kubernetes: steps as Jobs of their own. The run launcher needs no code: `K8sRunLauncher` in the instance file."""

from __future__ import annotations

from headrace.integrations.k8s.executor import k8s_job_executor

__all__ = ["k8s_job_executor"]
