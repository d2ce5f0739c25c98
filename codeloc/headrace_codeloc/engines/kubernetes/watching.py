"""Telling of workloads of one namespace that end, or will never begin."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from headrace.integrations.k8s import objects
from headrace.integrations.k8s.api import Api, ApiError
from headrace.integrations.k8s.pod_ends import only_others_run
from headrace_codeloc.engines.base import Ended, Labels, WorkloadEnd
from headrace_codeloc.engines.calls import Threads
from headrace_codeloc.engines.kubernetes import jobs
from headrace_codeloc.engines.kubernetes.ends import workload_name
from headrace_codeloc.engines.kubernetes.following import follow
from headrace_codeloc.engines.kubernetes.manifests import CONTAINER, exact_labels, selector_of_untold
from headrace_codeloc.engines.kubernetes.pods import PodEnds
from headrace_codeloc.engines.kubernetes.refusals import FIELDS, Refusals
from headrace_codeloc.engines.kubernetes.words import unavailable

logger = logging.getLogger(__name__)


class NamespaceWatch:
    """Follows the pods of a namespace, and the events of Jobs that get none.

    Args:
        api: The cluster.
        namespace: The namespace.
        selector: Labels of the workloads that are meant.
        ended: Who is told.
        threads: Make calls.
    """

    def __init__(self, api: Api, namespace: str, selector: Labels, ended: Ended, threads: Threads) -> None:
        self._api = api
        self._namespace = namespace
        self._selector = selector
        self._ended = ended
        self._threads = threads

    async def follow(self, patience_seconds: float) -> None:
        """Tells until it is canceled.

        Args:
            patience_seconds: How long a workload may wait for what may come: an image, a quota.

        Raises:
            EngineUnavailableError: pods cannot be watched.
        """
        pods = PodEnds(self._ended, self._completed, self._forget, patience_seconds)
        refusals = asyncio.create_task(self._follow_refusals(Refusals(self._refused, patience_seconds)))
        query = {"labelSelector": selector_of_untold(self._selector)}
        try:
            await follow(self._api, objects.pods(self._namespace), query, pods)
        except ApiError as error:
            raise unavailable(error, self._api.where, f"watch pods in namespace {self._namespace}") from error
        finally:
            refusals.cancel()
            await asyncio.gather(refusals, return_exceptions=True)

    async def _follow_refusals(self, refusals: Refusals) -> None:
        try:
            await follow(self._api, objects.events(self._namespace), {"fieldSelector": FIELDS}, refusals)
        except ApiError as error:
            logger.warning(
                "events cannot be watched: why a Job gets no pod will not be told",
                extra={"namespace": self._namespace, "problem": error.said},
            )

    async def _completed(self, end: WorkloadEnd, pod: Mapping[str, Any], gone: bool) -> WorkloadEnd:
        return await self._threads.do(jobs.completed, self._api, self._namespace, end, pod, gone)

    async def _forget(self, end: WorkloadEnd, pod: Mapping[str, Any]) -> None:
        if end.kind == "not_started" or only_others_run(pod, CONTAINER):
            await self._delete(workload_name(pod))
        elif "deletionTimestamp" not in pod["metadata"]:
            path = objects.pods(self._namespace, pod["metadata"]["name"])
            await self._threads.do(jobs.mark_told, self._api, path)

    async def _refused(self, name: str, said: str) -> None:
        job = await self._threads.do(objects.found_or_none, self._api, objects.jobs(self._namespace, name))
        if job is None or (job.get("status") or {}).get("active") or objects.is_over(job):
            return
        labels = exact_labels(job["metadata"])
        if labels.items() >= dict(self._selector).items():
            await self._ended(WorkloadEnd(name, labels, "not_started", f"Kubernetes makes no pod for it: {said}"))
            await self._delete(name)

    async def _delete(self, name: str) -> None:
        await self._threads.do(objects.delete, self._api, objects.jobs(self._namespace, name))
