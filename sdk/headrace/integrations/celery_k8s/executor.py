"""The executor whose steps are Kubernetes Jobs that Celery workers start."""

from __future__ import annotations

from headrace.config.sources import IntSource, StringSource
from headrace.integrations.celery.executor import CELERY_FIELDS
from headrace.integrations.engine_executor import engine_executor, optional
from headrace.integrations.k8s.executor import KUBERNETES_FIELDS

celery_k8s_job_executor = engine_executor(
    "celery_k8s",
    {
        **KUBERNETES_FIELDS,
        **CELERY_FIELDS,
        "repo_location_name": optional(StringSource, "Accepted and ignored: a run knows its location."),
        "job_wait_timeout": optional(IntSource, "For how many seconds a Celery worker waits for the end of a Job."),
    },
    "Runs each step as a Kubernetes Job, when a Celery worker has a place for it.",
)
"""Runs each step as a Kubernetes Job, when a Celery worker has a place for it: queues limit how many there are at once."""
