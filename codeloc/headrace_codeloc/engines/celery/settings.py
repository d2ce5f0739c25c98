"""What a launcher, an executor and tags may say about Celery tasks."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.settings import EngineSettings

BROKER_VARIABLES = ("HEADRACE_CELERY_BROKER_URL", "DAGSTER_CELERY_BROKER_URL")
BACKEND_VARIABLES = ("HEADRACE_CELERY_BACKEND_URL", "DAGSTER_CELERY_BACKEND_URL")
MOST_URGENT = 9
_QUEUE_TAGS = ("dagster-celery/queue", "headrace-celery/queue")
_PRIORITY_TAGS = ("dagster-celery/priority", "headrace-celery/priority")
_RUN_PRIORITY_TAGS = ("dagster-celery/run_priority", "headrace-celery/run_priority")
_PASSWORD = re.compile(r"//([^:/@]*):[^@]*@")


class CelerySettings(EngineSettings):
    """How workers become tasks; the keys are those of CeleryRunLauncher and celery_executor.

    Attributes:
        broker: The address of the broker; by default HEADRACE_CELERY_BROKER_URL, or a RabbitMQ on this machine.
        backend: The address of a result backend, for others; ends of workers come over the broker.
        include: Modules that Celery workers import.
        config_source: Any settings of Celery.
        retries: Accepted where a launcher's config is shared with executors, whose it is.
        default_queue: The queue of tasks of which nothing else is said.
        queue: The queue, as a tag says it.
        priority: How urgent a task is, 0 to 9, as a tag says it.
        run_priority: What a run adds to it.
    """

    IMAGE: ClassVar[str] = ""
    LAUNCHER_ONLY: ClassVar[frozenset[str]] = frozenset({"broker", "backend", "include", "config_source"})

    broker: str | None = None
    backend: str | None = None
    include: list[str] = Field(default_factory=list)
    config_source: dict[str, Any] = Field(default_factory=dict)
    retries: dict[str, Any] | None = None
    default_queue: str = "headrace"
    queue: str | None = None
    priority: int = 5
    run_priority: int = 0

    @classmethod
    def layer_of_tags(cls, tags: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns what the tags `dagster-celery/queue`, `…/priority` and `…/run_priority` say."""
        queue, priority, run_priority = (
            _first(tags, names) for names in (_QUEUE_TAGS, _PRIORITY_TAGS, _RUN_PRIORITY_TAGS)
        )
        said: dict[str, Any] = {"queue": queue} if queue else {}
        for key, text, names in (
            ("priority", priority, _PRIORITY_TAGS),
            ("run_priority", run_priority, _RUN_PRIORITY_TAGS),
        ):
            if text is None:
                continue
            try:
                said[key] = int(text)
            except ValueError:
                raise InvalidConfigError(f"tag {' or '.join(names)}: {text!r} is no whole number") from None
        return said

    @property
    def urgency(self) -> int:
        """How urgent a task is in all, 0 to 9."""
        return max(0, min(MOST_URGENT, self.priority + self.run_priority))

    def broker_url(self, environ: Mapping[str, str] | None = None) -> str:
        """Returns the address of the broker; it may hold a password."""
        here = os.environ if environ is None else environ
        return self.broker or _first(here, BROKER_VARIABLES) or "pyamqp://guest@localhost//"


def without_password(url: str) -> str:
    """Returns an address that may be shown."""
    return _PASSWORD.sub(r"//\1:***@", url)


def _first(given: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((given[name] for name in names if given.get(name)), None)
