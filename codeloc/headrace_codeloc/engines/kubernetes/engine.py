"""Jobs of a Kubernetes cluster."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import (
    STEP_KEY,
    Ended,
    FoundWorkload,
    HopelessWorkloadError,
    Labels,
    Workload,
    WorkloadEnd,
)
from headrace_codeloc.engines.kubernetes import jobs, objects
from headrace_codeloc.engines.kubernetes.client import Api, ApiError
from headrace_codeloc.engines.kubernetes.ends import only_others_run, workload_name
from headrace_codeloc.engines.kubernetes.following import follow
from headrace_codeloc.engines.kubernetes.manifests import (
    POD_NAME,
    POD_NAMESPACE,
    POD_UID,
    exact_labels,
    job_manifest,
    selector_of_untold,
)
from headrace_codeloc.engines.kubernetes.pods import PodEnds
from headrace_codeloc.engines.kubernetes.refusals import FIELDS, Refusals
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings
from headrace_codeloc.engines.kubernetes.words import start_error, unavailable
from headrace_codeloc.pauses import Pauses

T = TypeVar("T")
logger = logging.getLogger(__name__)

_THREADS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


class KubernetesEngine:
    """Talks to the API through the official client, whose calls block: each has a thread and a deadline.

    A workload is a Job with one pod, and a Secret that goes with it. A Job that is over stays until the cluster removes it
    (`ttlSecondsAfterFinished`, a day unless the settings say otherwise), for people to look at.
    """

    kind = "k8s"

    def __init__(self, settings: KubernetesSettings, *, patience_seconds: float = 90.0) -> None:
        self._settings = settings
        self._patience_seconds = patience_seconds
        self._threads = ThreadPoolExecutor(_THREADS, "headrace-k8s")
        self._connecting = threading.Lock()
        self._api: Api | None = None
        self._namespaces: set[str] = set()
        self._learned = asyncio.Condition()

    async def start(self, workload: Workload) -> bool:
        """Makes a Job, and a Secret with what only its worker may know."""
        try:
            settings = self._settings.for_workload(workload)
            manifest = job_manifest(settings, workload, owner=self._owner(workload))
        except InvalidConfigError as error:
            raise HopelessWorkloadError(str(error)) from error
        try:
            api = await self._connected()
            namespace = settings.job_namespace or api.namespace
            return await self._in_thread(jobs.start, api, namespace, manifest, workload)
        except Exception as error:
            where = self._api.where if self._api else "?"
            raise start_error(error, where, settings.job_namespace or "default") from error
        finally:
            await self._learn(settings.job_namespace)

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Deletes Jobs, whose pods are told to end; those that are killed have no time for it."""
        await self._everywhere("stop Jobs", jobs.kill if kill else jobs.end, selector)

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns the Jobs."""
        found = await self._everywhere("list Jobs", jobs.listed, selector)
        return [objects.workload(each) for of_namespace in found for each in of_namespace]

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Follows the pods of each namespace that workloads are in, and the events of Jobs that get none."""
        tasks: dict[str, asyncio.Task[None]] = {}
        await self._until_connected()
        try:
            while True:
                for namespace in self._namespaces - tasks.keys():
                    tasks[namespace] = asyncio.create_task(self._keep_watching(namespace, selector, ended))
                await self._more_than(len(tasks))
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        """Closes the connections."""
        api, self._api = self._api, None
        if api is not None:
            api.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _keep_watching(self, namespace: str, selector_: Labels, ended: Ended) -> None:
        """Watches a namespace for ever: what is not allowed now may be when somebody has seen to it."""
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        while True:
            try:
                await self._watch_namespace(namespace, selector_, ended)
            except Exception as error:
                logger.warning("pods are not watched", extra={"namespace": namespace, "problem": str(error)})
            await asyncio.sleep(pauses.next())

    async def _watch_namespace(self, namespace: str, selector_: Labels, ended: Ended) -> None:
        api = await self._connected()

        async def completed(end: WorkloadEnd, pod: Mapping[str, Any], gone: bool) -> WorkloadEnd:
            return await self._in_thread(jobs.completed, api, namespace, end, pod, gone)

        async def forget(end: WorkloadEnd, pod: Mapping[str, Any]) -> None:
            if end.kind == "not_started" or only_others_run(pod):
                await self._in_thread(objects.delete, api, objects.jobs(namespace, workload_name(pod)))
            elif "deletionTimestamp" not in pod["metadata"]:
                await self._in_thread(jobs.mark_told, api, objects.pods(namespace, pod["metadata"]["name"]))

        async def refused(name: str, said: str) -> None:
            job = await self._in_thread(objects.found_or_none, api, objects.jobs(namespace, name))
            if job is None or (job.get("status") or {}).get("active") or objects.is_over(job):
                return
            labels = exact_labels(job["metadata"])
            if labels.items() >= dict(selector_).items():
                await ended(WorkloadEnd(name, labels, "not_started", f"Kubernetes makes no pod for it: {said}"))
                await self._in_thread(objects.delete, api, objects.jobs(namespace, name))

        pods = PodEnds(ended, completed, forget, self._patience_seconds)
        refusals = asyncio.create_task(self._follow_refusals(api, namespace, Refusals(refused, self._patience_seconds)))
        try:
            await follow(api, objects.pods(namespace), {"labelSelector": selector_of_untold(selector_)}, pods)
        except ApiError as error:
            raise unavailable(error, api.where, f"watch pods in namespace {namespace}") from error
        finally:
            refusals.cancel()
            await asyncio.gather(refusals, return_exceptions=True)

    async def _follow_refusals(self, api: Api, namespace: str, refusals: Refusals) -> None:
        try:
            await follow(api, objects.events(namespace), {"fieldSelector": FIELDS}, refusals)
        except ApiError as error:
            logger.warning(
                "events cannot be watched: why a Job gets no pod will not be told",
                extra={"namespace": namespace, "problem": error.said},
            )

    async def _until_connected(self) -> None:
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        while True:
            try:
                await self._connected()
                return
            except Exception as error:
                logger.warning("Kubernetes cannot be watched", extra={"problem": str(error)})
            await asyncio.sleep(pauses.next())

    async def _connected(self) -> Api:
        if self._api is None:
            self._api = await self._in_thread(self._connect)
            await self._learn(self._api.namespace, *self._settings.namespaces)
        return self._api

    def _connect(self) -> Api:
        with self._connecting:
            return self._api or Api(self._settings)

    async def _learn(self, *namespaces: str | None) -> None:
        new = {each for each in namespaces if each} - self._namespaces
        if new:
            async with self._learned:
                self._namespaces |= new
                self._learned.notify_all()

    async def _more_than(self, known: int) -> None:
        async with self._learned:
            await self._learned.wait_for(lambda: len(self._namespaces) > known)

    async def _everywhere(self, doing: str, act: Callable[[Api, str, Labels], T], selector_: Labels) -> list[T]:
        api = await self._connected()
        try:
            return [await self._in_thread(act, api, each, selector_) for each in sorted(self._namespaces)]
        except Exception as error:
            raise unavailable(error, api.where, doing) from error

    async def _in_thread(self, act: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: act(*args))

    def _owner(self, workload: Workload) -> Mapping[str, Any] | None:
        here = os.environ
        if not (self._settings.enable_owner_references and STEP_KEY in workload.labels and here.get(POD_UID)):
            return None
        namespace = self._settings.for_workload(workload).job_namespace
        # An owner must be in the same namespace; elsewhere the Job would be removed at once.
        if namespace and namespace != here.get(POD_NAMESPACE):
            return None
        return {"apiVersion": "v1", "kind": "Pod", "name": here.get(POD_NAME, ""), "uid": here[POD_UID]}
