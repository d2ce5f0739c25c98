"""What CeleryK8sRunLauncher, celery_k8s_job_executor, locations and tags may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from headrace_codeloc.engines.celery.settings import CelerySettings
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings

_CELERY = tuple(CelerySettings.model_fields)
_OWN = "job_wait_timeout"


class CeleryKubernetesSettings(KubernetesSettings):
    """The keys of both, and one more.

    Attributes:
        broker: See `CelerySettings`.
        backend: See `CelerySettings`.
        include: See `CelerySettings`.
        config_source: See `CelerySettings`.
        retries: See `CelerySettings`.
        default_queue: See `CelerySettings`.
        queue: See `CelerySettings`.
        priority: See `CelerySettings`.
        run_priority: See `CelerySettings`.
        job_wait_timeout: For how many seconds a Celery worker waits for the end of a step's Job.
    """

    LAUNCHER_ONLY: ClassVar[frozenset[str]] = KubernetesSettings.LAUNCHER_ONLY | CelerySettings.LAUNCHER_ONLY | {_OWN}

    broker: str | None = None
    backend: str | None = None
    include: list[str] = Field(default_factory=list)
    config_source: dict[str, Any] = Field(default_factory=dict)
    retries: dict[str, Any] | None = None
    default_queue: str = "headrace"
    queue: str | None = None
    priority: int = 5
    run_priority: int = 0
    job_wait_timeout: float = Field(86_400.0, gt=0)

    @classmethod
    def layer_of_tags(cls, tags: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns what the tags of both say."""
        return {**super().layer_of_tags(tags), **CelerySettings.layer_of_tags(tags)}

    def celery(self) -> CelerySettings:
        """Returns what concerns Celery."""
        return CelerySettings(**{name: getattr(self, name) for name in _CELERY if name in self.model_fields_set})

    def kubernetes(self) -> dict[str, Any]:
        """Returns what concerns Kubernetes, as it can be sent to a Celery worker."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={*_CELERY, _OWN})
