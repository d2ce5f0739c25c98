"""The broker that tests of Celery send their tasks over."""

from __future__ import annotations

import os

from rig.processes import SupervisedProcess, Supervisor
from rig.rabbitmq import start_rabbitmq
from rig.redis import start_redis

RABBITMQ = os.environ.get("HEADRACE_TESTS_BROKER") == "rabbitmq"
"""Whether it is RabbitMQ, and not Redis, which starts in a tenth of the time."""


def start_broker(supervisor: Supervisor) -> str:
    """Starts it, and returns its address; skips the test where it is not installed."""
    return start_rabbitmq(supervisor) if RABBITMQ else start_redis(supervisor).url


def start_celery_worker(supervisor: Supervisor, broker: str, *options: str) -> SupervisedProcess:
    """Starts a Celery worker with the tasks of Headrace, and waits until it takes some."""
    environment = {"HEADRACE_CELERY_BROKER_URL": broker}
    worker = supervisor.headrace("celery", "worker", *options, env=environment)
    worker.wait_for_output(r"celery@\S+ ready", 60)
    return worker
