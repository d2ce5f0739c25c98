"""Jobs of a Kubernetes cluster."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import (
    STEP_KEY,
    Ended,
    EngineUnavailableError,
    FoundWorkload,
    HopelessWorkloadError,
    Labels,
    Workload,
    WorkloadEnd,
)
from headrace_codeloc.engines.kubernetes import objects
from headrace_codeloc.engines.kubernetes.client import Api, ApiError
from headrace_codeloc.engines.kubernetes.ends import only_others_run, told_with, workload_name
from headrace_codeloc.engines.kubernetes.following import follow
from headrace_codeloc.engines.kubernetes.manifests import (
    CONTAINER,
    POD_NAME,
    POD_NAMESPACE,
    POD_UID,
    TOLD,
    exact_labels,
    job_manifest,
    secret_manifest,
    selector,
    selector_of_untold,
)
from headrace_codeloc.engines.kubernetes.pods import PodEnds
from headrace_codeloc.engines.kubernetes.refusals import FIELDS, Refusals
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings
from headrace_codeloc.engines.kubernetes.words import CONFLICT, start_error, unavailable

T = TypeVar("T")
logger = logging.getLogger(__name__)

_THREADS = 8
_LOG_LINES = 20


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
            return await self._in_thread(_start, api, namespace, manifest, workload)
        except Exception as error:
            where = self._api.where if self._api else "?"
            raise start_error(error, where, settings.job_namespace or "default") from error
        finally:
            await self._learn(settings.job_namespace)

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Deletes Jobs, whose pods are told to end; those that are killed have no time for it."""
        await self._everywhere("stop Jobs", _kill if kill else _end, selector)

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns the Jobs."""
        found = await self._everywhere("list Jobs", _jobs, selector)
        return [objects.workload(each) for jobs in found for each in jobs]

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Follows the pods of each namespace that workloads are in, and the events of Jobs that get none."""
        tasks: dict[str, asyncio.Task[None]] = {}
        await self._until_connected()
        try:
            while True:
                for namespace in self._namespaces - tasks.keys():
                    tasks[namespace] = asyncio.create_task(self._watch_namespace(namespace, selector, ended))
                more = asyncio.create_task(self._more_than(len(tasks)))
                done, _ = await asyncio.wait({more, *tasks.values()}, return_when=asyncio.FIRST_COMPLETED)
                more.cancel()
                for task in done - {more}:
                    task.result()
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

    async def _watch_namespace(self, namespace: str, selector_: Labels, ended: Ended) -> None:
        api = await self._connected()

        async def completed(end: WorkloadEnd, pod: Mapping[str, Any], gone: bool) -> WorkloadEnd:
            return await self._in_thread(_completed, api, namespace, end, pod, gone)

        async def forget(end: WorkloadEnd, pod: Mapping[str, Any]) -> None:
            if end.kind == "not_started" or only_others_run(pod):
                await self._in_thread(objects.delete, api, objects.jobs(namespace, workload_name(pod)))
            elif "deletionTimestamp" not in pod["metadata"]:
                await self._in_thread(_mark_told, api, objects.pods(namespace, pod["metadata"]["name"]))

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
        while True:
            try:
                await self._connected()
                return
            except EngineUnavailableError as error:
                logger.warning("Kubernetes cannot be watched", extra={"problem": str(error)})
            await asyncio.sleep(5.0)

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


def _start(api: Api, namespace: str, manifest: Mapping[str, Any], workload: Workload) -> bool:
    is_new = True
    try:
        job = api.call("POST", objects.jobs(namespace), body=manifest)
    except ApiError as error:
        if error.code != CONFLICT:
            raise
        is_new = False
        found = objects.found_or_none(api, objects.jobs(namespace, workload.name))
        if found is None or not workload.secrets or objects.is_over(found):
            return False
        job = found
    if workload.secrets:
        try:
            api.call("POST", objects.secrets(namespace), body=secret_manifest(workload, job["metadata"]["uid"]))
        except Exception as error:
            if isinstance(error, ApiError) and error.code == CONFLICT:
                return is_new
            if is_new:
                objects.delete(api, objects.jobs(namespace, workload.name))
            raise
    return is_new


def _jobs(api: Api, namespace: str, labels: Labels) -> list[dict[str, Any]]:
    return objects.listed(api, objects.jobs(namespace), {"labelSelector": selector(labels)})[0]


def _end(api: Api, namespace: str, labels: Labels) -> None:
    for job in _jobs(api, namespace, labels):
        if not objects.is_over(job):
            objects.delete(api, objects.jobs(namespace, job["metadata"]["name"]), propagation="Foreground")


def _kill(api: Api, namespace: str, labels: Labels) -> None:
    # Jobs first: they would make up for pods that are gone.
    for job in _jobs(api, namespace, labels):
        objects.delete(api, objects.jobs(namespace, job["metadata"]["name"]))
    for pod in objects.listed(api, objects.pods(namespace), {"labelSelector": selector(labels)})[0]:
        objects.delete(api, objects.pods(namespace, pod["metadata"]["name"]), at_once=True)


def _mark_told(api: Api, path: str) -> None:
    try:
        api.call("PATCH", path, body={"metadata": {"labels": {TOLD: "yes"}}})
    except ApiError as error:
        # It is gone, or this is not allowed: then its end is told once more to who watches next.
        logger.debug("a pod could not be marked", extra={"path": path, "problem": error.said})


def _completed(api: Api, namespace: str, end: WorkloadEnd, pod: Mapping[str, Any], gone: bool) -> WorkloadEnd:
    """Returns an end with what else the cluster knows: the last that was written, or why the Job failed."""
    if end.kind in ("normal", "not_started") or end.remembered:
        return end
    try:
        if gone:
            job = objects.found_or_none(api, objects.jobs(namespace, end.name))
            why = objects.failure(job) if job else ""
            return replace(end, detail=f"{end.detail}; {why}") if why else end
        path = f"{objects.pods(namespace, pod['metadata']['name'])}/log"
        return told_with(end, api.text(path, {"container": CONTAINER, "tailLines": _LOG_LINES}))
    except Exception as error:
        logger.info("the end of a pod is told without what it wrote", extra={"pod": end.name, "problem": str(error)})
        return end
