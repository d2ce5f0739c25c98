"""Jobs of a Kubernetes cluster."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from headrace.integrations.k8s.api import Api, NoClusterError
from headrace_codeloc.engines.base import Ended, EngineUnavailableError, FoundWorkload, Labels, Workload
from headrace_codeloc.engines.calls import Connected, Threads
from headrace_codeloc.engines.kubernetes import jobs
from headrace_codeloc.engines.kubernetes.manifests import job_manifest
from headrace_codeloc.engines.kubernetes.namespaces import Namespaces
from headrace_codeloc.engines.kubernetes.settings import KubernetesSettings
from headrace_codeloc.engines.kubernetes.watching import NamespaceWatch
from headrace_codeloc.engines.kubernetes.words import start_error, unavailable
from headrace_codeloc.pauses import Pauses, persist

T = TypeVar("T")
logger = logging.getLogger(__name__)

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
        self._threads = Threads(self.kind)
        self._api = Connected(lambda: Api(settings.access(), settings.job_namespace))
        self._namespaces = Namespaces()

    async def start(self, workload: Workload) -> bool:
        """Makes a Job, and a Secret with what only its worker may know."""
        settings = self._settings.for_workload(workload)
        manifest = job_manifest(settings, workload)
        api = await self._connected()
        namespace = settings.job_namespace or api.namespace
        try:
            return await self._threads.do(jobs.start, api, namespace, manifest, workload)
        except Exception as error:
            raise start_error(error, api.where, namespace) from error
        finally:
            await self._namespaces.learn(namespace)

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Deletes Jobs, whose pods are told to end; those that are killed have no time for it."""
        await self._everywhere("stop Jobs", jobs.kill if kill else jobs.end, selector)

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns the Jobs."""
        found = await self._everywhere("list Jobs", jobs.listed, selector)
        return [jobs.workload(each) for of_namespace in found for each in of_namespace]

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Follows each namespace that workloads are in."""
        watches: list[asyncio.Task[None]] = []
        known = asyncio.create_task(self._until_known())
        try:
            async for namespace in self._namespaces.each():
                watches.append(asyncio.create_task(self._watch(namespace, selector, ended)))
        finally:
            for task in (known, *watches):
                task.cancel()
            await asyncio.gather(known, *watches, return_exceptions=True)

    async def close(self) -> None:
        """Closes the connections."""
        api = self._api.take()
        if api is not None:
            api.close()
        self._threads.close()

    async def _watch(self, namespace: str, selector: Labels, ended: Ended) -> None:
        """Watches a namespace for ever: what is not allowed now may be when somebody has seen to it."""

        async def follow() -> None:
            watch = NamespaceWatch(await self._connected(), namespace, selector, ended, self._threads)
            await watch.follow(self._patience_seconds)

        def failed(error: Exception) -> None:
            logger.warning("pods are not watched", extra={"namespace": namespace, "problem": str(error)})

        await persist(follow, Pauses(_FIRST_PAUSE, _LONGEST_PAUSE), failed)

    async def _until_known(self) -> None:
        """Finds out which namespace objects go to of which nothing is said."""
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        while True:
            try:
                await self._connected()
                return
            except Exception as error:
                logger.warning("Kubernetes cannot be watched", extra={"problem": str(error)})
            await asyncio.sleep(pauses.next())

    async def _connected(self) -> Api:
        try:
            api = await self._threads.do(self._api.get)
        except NoClusterError as error:
            raise EngineUnavailableError(str(error)) from error
        await self._namespaces.learn(api.namespace, *self._settings.namespaces)
        return api

    async def _everywhere(self, doing: str, act: Callable[[Api, str, Labels], T], selector: Labels) -> list[T]:
        api = await self._connected()
        try:
            return [await self._threads.do(act, api, each, selector) for each in self._namespaces.known]
        except Exception as error:
            raise unavailable(error, api.where, doing) from error
