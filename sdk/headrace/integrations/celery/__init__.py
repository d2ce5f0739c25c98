"""Celery: steps as tasks. The run launcher needs no code: `CeleryRunLauncher` in the instance file."""

from __future__ import annotations

from headrace.integrations.celery.executor import celery_executor

__all__ = ["celery_executor"]
