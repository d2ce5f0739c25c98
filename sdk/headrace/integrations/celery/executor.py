"""The executor whose steps are tasks of Celery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.config.fields import Noneable, Permissive
from headrace.config.sources import StringSource
from headrace.integrations.engine_executor import engine_executor, optional

CELERY_FIELDS: Mapping[str, Any] = {
    "broker": optional(Noneable(StringSource), "The address of the broker."),
    "backend": optional(Noneable(StringSource), "The address of a result backend, for others."),
    "include": optional([StringSource], "Modules that Celery workers import."),
    "config_source": optional(Noneable(Permissive()), "Any settings of Celery."),
    "default_queue": optional(StringSource, "The queue of steps whose tags say nothing else."),
}
"""What is said of tasks."""

celery_executor = engine_executor("celery", CELERY_FIELDS, "Runs each step as a Celery task.")
"""Runs each step as a Celery task.

The tags `headrace-celery/queue` and `headrace-celery/priority` of an op (or with `dagster-celery/`) say where and when.
"""
