"""Celery and Kubernetes: steps as Jobs that wait in queues. The launcher is `CeleryK8sRunLauncher` in the instance file."""

from __future__ import annotations

from headrace.integrations.celery_k8s.executor import celery_k8s_job_executor

__all__ = ["celery_k8s_job_executor"]
