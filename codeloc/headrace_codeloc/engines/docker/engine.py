"""Docker as an engine: workloads are containers."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import (
    DEPLOYMENT,
    Ended,
    EngineUnavailableError,
    FoundWorkload,
    HopelessWorkloadError,
    Labels,
    Workload,
    WorkloadEnd,
)
from headrace_codeloc.engines.docker.client import EventStream
from headrace_codeloc.engines.docker.containers import Containers
from headrace_codeloc.engines.docker.ends import end_unseen
from headrace_codeloc.engines.docker.settings import DockerSettings
from headrace_codeloc.engines.docker.words import engine_error
from headrace_codeloc.pauses import Pauses

T = TypeVar("T")
logger = logging.getLogger(__name__)

_THREADS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_MOST_TOLD = 10_000
# A connection may die without a word.
_SILENCE_SECONDS = 60.0


class DockerEngine:
    """Talks to the engine through its official client, whose calls block: each has a thread and a deadline."""

    kind = "docker"

    def __init__(self, settings: DockerSettings) -> None:
        self._settings = settings
        self._containers = Containers(settings)
        self._threads = ThreadPoolExecutor(_THREADS, "headrace-docker")
        self._told: OrderedDict[str, None] = OrderedDict()

    async def start(self, workload: Workload) -> bool:
        """Creates and starts a container, unless there is one of the workload's name."""
        try:
            settings = self._settings.for_workload(workload)
            variables = settings.variables()
        except InvalidConfigError as error:
            raise HopelessWorkloadError(str(error)) from error
        if not settings.image:
            raise HopelessWorkloadError(
                "no image is named: serve the code location with --image or HEADRACE_CURRENT_IMAGE, or give the launcher "
                "the key image"
            )
        return await self._do(lambda: self._containers.start(workload, settings, variables))

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Signals containers; those that are killed are removed as well."""
        await self._do(lambda: self._containers.stop(selector, kill=kill))

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns containers, running or not."""
        return await self._do(lambda: self._containers.find(selector))

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Follows the engine's events; what happened while nobody listened shows in the list of containers."""
        pauses, first = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE), True
        since: int | None = None
        while True:
            try:
                stream = await self._open_stream(selector, since)
                try:
                    if first and DEPLOYMENT in selector:
                        await self._do(lambda: self._containers.sweep(selector[DEPLOYMENT]))
                    await self._look(selector, ended, remembered=first)
                    first = False
                    pauses.reset()
                    while (event := await self._next(stream, selector, ended)) is not None:
                        since = int(event["time"])
                        await self._died(event, ended)
                finally:
                    stream.close()
            except Exception as error:
                # Whatever it was, also of those who are told: what was not told is found again.
                logger.warning("containers are not watched for a moment", extra={"problem": str(error)})
            await asyncio.sleep(pauses.next())

    async def _next(self, stream: EventStream, selector: Labels, ended: Ended) -> Mapping[str, Any] | None:
        """Returns the next event; while none comes, makes sure now and then that the engine is still there."""
        waiting = asyncio.ensure_future(stream.next())
        try:
            while not (await asyncio.wait({waiting}, timeout=_SILENCE_SECONDS))[0]:
                await self._look(selector, ended, remembered=False)
            return waiting.result()
        finally:
            waiting.cancel()

    async def _look(self, selector: Labels, ended: Ended, *, remembered: bool) -> None:
        for container_id in await self._do(lambda: self._containers.ended(selector)):
            await self._tell(container_id, ended, None, remembered=remembered)

    async def close(self) -> None:
        """Closes the client."""
        self._containers.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _open_stream(self, selector: Labels, since: int | None) -> EventStream:
        return await self._do(lambda: EventStream(self._containers.client, selector, since))

    async def _do(self, act: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, act)
        except (HopelessWorkloadError, EngineUnavailableError):
            raise
        except Exception as error:
            raise engine_error(error, self._settings.base_url, "do what it was asked") from error

    async def _died(self, event: Mapping[str, Any], ended: Ended) -> None:
        attributes = event["Actor"]["Attributes"]
        labels = {key: value for key, value in attributes.items() if key.startswith("headrace/")}
        unseen = end_unseen(attributes.get("name", ""), labels, attributes.get("exitCode", ""))
        await self._tell(event["Actor"]["ID"], ended, unseen, remembered=False)

    async def _tell(self, container_id: str, ended: Ended, unseen: WorkloadEnd | None, *, remembered: bool) -> None:
        """Tells of an end once; `unseen` is what to say if the container is gone already."""
        if container_id in self._told:
            return
        end = await self._do(lambda: self._containers.end(container_id, remembered=remembered)) or unseen
        if end is None:
            return
        await ended(end)
        self._told[container_id] = None
        if len(self._told) > _MOST_TOLD:
            self._told.popitem(last=False)
        if end.kind == "normal" or not self._settings.keep_failed:
            await self._do(lambda: self._containers.forget(container_id))
