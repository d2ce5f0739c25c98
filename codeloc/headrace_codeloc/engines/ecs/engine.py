"""Tasks of a cluster of Amazon ECS."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import Ended, FoundWorkload, HopelessWorkloadError, Labels, Workload
from headrace_codeloc.engines.ecs.client import EcsClient, has
from headrace_codeloc.engines.ecs.ends import end_of, exit_code_of, labels_of, name_of
from headrace_codeloc.engines.ecs.settings import EcsSettings
from headrace_codeloc.engines.ecs.words import start_error, unavailable
from headrace_codeloc.worker.exit_codes import EXIT_REFUSED

T = TypeVar("T")
logger = logging.getLogger(__name__)

_THREADS = 8
_MOST_TOLD = 10_000
_LONGEST_PAUSE = 30.0
_STOPPED, _RUNNING = "STOPPED", "RUNNING"


class EcsEngine:
    """Talks to ECS through boto3, whose calls block: each has a thread and a deadline.

    ECS cannot be followed, only asked: one question tells of all tasks that have stopped, and it remembers them for an hour.
    A task cannot be killed at once either: it is told to end, and killed after its container's `stopTimeout`.
    """

    kind = "ecs"

    def __init__(self, settings: EcsSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(_THREADS, "headrace-ecs")
        self._connecting = threading.Lock()
        self._client: EcsClient | None = None

    async def start(self, workload: Workload) -> bool:
        """Has a task started; ECS itself sees to it that a repetition starts no other."""
        doing = f"start task {workload.name}"
        try:
            settings = self._settings.for_workload(workload)
            await self._do(lambda: self._connected().run(settings, workload))
        except InvalidConfigError as error:
            raise HopelessWorkloadError(str(error)) from error
        except Exception as error:
            raise start_error(error, doing) from error
        return True

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Stops tasks."""
        try:
            await self._do(self._stop, selector)
        except Exception as error:
            raise unavailable(error, "stop tasks") from error

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns tasks, those included that stopped within the last hour."""
        try:
            return await self._do(self._find, selector)
        except Exception as error:
            raise unavailable(error, "list tasks") from error

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Asks for tasks that have stopped, again and again."""
        told: OrderedDict[str, None] = OrderedDict()
        pause, is_first = self._settings.poll_seconds, True
        while True:
            try:
                for task in await self._do(self._stopped, selector, frozenset(told)):
                    if has(task, selector):
                        await self._tell(task, ended, remembered=is_first)
                    told[task["taskArn"]] = None
                while len(told) > _MOST_TOLD:
                    told.popitem(last=False)
                pause, is_first = self._settings.poll_seconds, False
            except Exception as error:
                logger.warning("ECS cannot be watched", extra={"problem": str(unavailable(error, "list tasks"))})
                pause = min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(random.uniform(0.75 * pause, 1.25 * pause))

    async def close(self) -> None:
        """Closes the connections."""
        client, self._client = self._client, None
        if client is not None:
            await self._do(client.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _tell(self, task: Mapping[str, Any], ended: Ended, *, remembered: bool) -> None:
        # Refused means that the order was repeated, and its worker is another task: that one's end counts.
        if exit_code_of(task, self._settings.container_name) != EXIT_REFUSED:
            await ended(end_of(task, self._settings.container_name, labels_of(task), remembered=remembered))

    def _connected(self) -> EcsClient:
        with self._connecting:
            if self._client is None:
                self._client = EcsClient(self._settings)
            return self._client

    def _stop(self, selector: Labels) -> None:
        client = self._connected()
        for task in client.described(client.arns(selector, _RUNNING)):
            if has(task, selector):
                client.stop(task["taskArn"])

    def _find(self, selector: Labels) -> list[FoundWorkload]:
        client = self._connected()
        arns = [*client.arns(selector, _RUNNING), *client.arns(selector, _STOPPED)]
        return [
            FoundWorkload(name_of(task), labels_of(task), task.get("lastStatus") != _STOPPED)
            for task in client.described(arns)
            if has(task, selector)
        ]

    def _stopped(self, selector: Labels, told: frozenset[str]) -> list[Mapping[str, Any]]:
        client = self._connected()
        new = [arn for arn in client.arns(selector, _STOPPED) if arn not in told]
        # The desired state comes first: how a task ended shows when it has.
        return [task for task in client.described(new) if task.get("lastStatus") == _STOPPED]

    async def _do(self, act: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: act(*args))
