"""The Celery app: what a launcher sends tasks with, and what `celery -A headrace_codeloc.engines.celery.worker worker` runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from celery import Celery
from kombu import Queue

from headrace_codeloc.engines.base import DEPLOYMENT, KIND, LAUNCHER, RUN_ID, Labels
from headrace_codeloc.engines.celery.settings import BACKEND_VARIABLES, MOST_URGENT, CelerySettings

EXECUTE = "headrace.execute"
"""The task that starts a worker where it runs itself."""
EXECUTE_IN_KUBERNETES = "headrace.execute_in_kubernetes"
"""The task that starts a worker as a Kubernetes Job, and waits for its end."""
STOP, FIND = "headrace_stop", "headrace_find"
"""Commands to Celery workers."""

_DAY_SECONDS = 86_400.0
_SEND_RETRY = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.3, "interval_max": 1.0}


def make_app(settings: CelerySettings) -> Celery:
    """Returns an app with what the settings say."""
    broker = settings.broker_url()
    backend = settings.backend or next((os.environ[name] for name in BACKEND_VARIABLES if os.environ.get(name)), None)
    app = Celery("headrace", broker=broker, backend=backend, include=settings.include, set_as_current=False)
    app.conf.update(
        task_default_queue=settings.default_queue,
        task_queue_max_priority=MOST_URGENT + 1,
        task_default_priority=settings.priority,
        task_ignore_result=True,
        task_publish_retry_policy=_SEND_RETRY,
        # A worker that waits behind another could be at work elsewhere.
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(broker),
    )
    app.conf.update(settings.config_source)
    return app


def ends_queue(labels: Labels) -> Queue:
    """Returns the queue that the ends of workloads with these labels come over.

    Those of runs have one for each launcher, which all its replicas share; those of steps one for each run.
    """
    if labels.get(KIND) == "step":
        name = f"headrace.ends.step.{labels.get(RUN_ID, '')}"
    else:
        name = f"headrace.ends.run.{labels.get(DEPLOYMENT, '')}.{labels.get(LAUNCHER, '')}"
    return Queue(name, routing_key=name, durable=True, expires=_DAY_SECONDS)


def sent_priority(settings: CelerySettings, broker: str) -> int:
    """Returns the priority as the broker wants it: for Redis the smallest number comes first."""
    return MOST_URGENT - settings.urgency if broker.startswith(("redis", "rediss", "sentinel")) else settings.urgency


def _transport_options(broker: str) -> Mapping[str, Any]:
    if broker.startswith(("redis", "rediss")):
        return {
            "priority_steps": list(range(MOST_URGENT + 1)),
            "queue_order_strategy": "priority",
            "socket_connect_timeout": 5,
            "socket_timeout": 30,
            "socket_keepalive": True,
        }
    return {}
