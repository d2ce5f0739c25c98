"""Jobs of a Kubernetes cluster, those of steps through the queues of Celery."""

from __future__ import annotations

from collections.abc import Sequence

from headrace_codeloc.engines.base import KIND, Ended, FoundWorkload, Labels, Workload
from headrace_codeloc.engines.celery.app import EXECUTE_IN_KUBERNETES
from headrace_codeloc.engines.celery.engine import CeleryEngine
from headrace_codeloc.engines.celery_k8s.jobs import to_message
from headrace_codeloc.engines.celery_k8s.settings import CeleryKubernetesSettings
from headrace_codeloc.engines.kubernetes.engine import KubernetesEngine

_STEP = "step"


class CeleryKubernetesEngine:
    """Starts runs as `KubernetesEngine` does; a step waits in a queue until a Celery worker has a place for it."""

    kind = "celery_k8s"

    def __init__(self, settings: CeleryKubernetesSettings) -> None:
        self._settings = settings
        self._kubernetes = KubernetesEngine(settings)
        self._celery = CeleryEngine(settings.celery())

    async def start(self, workload: Workload) -> bool:
        """Makes a Job, or sends the task that makes one."""
        if workload.labels.get(KIND) != _STEP:
            return await self._kubernetes.start(workload)
        settings = self._settings.for_workload(workload)
        kwargs = {
            # All layers are in it: the Celery worker knows no more than Kubernetes' part of them.
            "config": settings.kubernetes(),
            "workload": {**to_message(workload), "layers": [], "image": ""},
            "wait_seconds": settings.job_wait_timeout,
        }
        await self._celery.send(EXECUTE_IN_KUBERNETES, settings.celery(), workload.name, kwargs)
        return True

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Deletes Jobs; what still waits in a queue finds its order refused."""
        await self._kubernetes.stop(selector, kill=kill)

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns the Jobs; what waits in queues is not found."""
        return await self._kubernetes.find(selector)

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Watches the cluster for the ends of runs, and takes those of steps from Celery workers."""
        engine = self._celery if selector.get(KIND) == _STEP else self._kubernetes
        await engine.watch(selector, ended)

    async def close(self) -> None:
        """Closes the connections to both."""
        await self._celery.close()
        await self._kubernetes.close()
