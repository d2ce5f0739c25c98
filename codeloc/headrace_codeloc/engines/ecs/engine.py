"""Tasks of a cluster of Amazon ECS."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from typing import Any

from headrace_codeloc.engines.base import Ended, FoundWorkload, Labels, Workload
from headrace_codeloc.engines.calls import Connected, Threads, Told
from headrace_codeloc.engines.ecs.client import EcsClient, has
from headrace_codeloc.engines.ecs.ends import end_of, exit_code_of, labels_of, name_of
from headrace_codeloc.engines.ecs.settings import EcsSettings
from headrace_codeloc.engines.ecs.words import start_error, unavailable
from headrace_codeloc.worker.exit_codes import EXIT_REFUSED

logger = logging.getLogger(__name__)

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
        self._threads = Threads(self.kind)
        self._client = Connected(lambda: EcsClient(settings))

    async def start(self, workload: Workload) -> bool:
        """Has a task started; ECS itself sees to it that a repetition starts no other."""
        settings = self._settings.for_workload(workload)
        try:
            await self._threads.do(lambda: self._client.get().run(settings, workload))
        except Exception as error:
            raise start_error(error, f"start task {workload.name}") from error
        return True

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Stops tasks."""
        try:
            await self._threads.do(self._stop, selector)
        except Exception as error:
            raise unavailable(error, "stop tasks") from error

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns tasks, those included that stopped within the last hour."""
        try:
            return await self._threads.do(self._find, selector)
        except Exception as error:
            raise unavailable(error, "list tasks") from error

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Asks for tasks that have stopped, again and again."""
        told = Told()
        pause, is_first = self._settings.poll_seconds, True
        while True:
            try:
                for task in await self._threads.do(self._stopped, selector, told):
                    if has(task, selector):
                        await self._tell(task, ended, remembered=is_first)
                    told.add(task["taskArn"])
                pause, is_first = self._settings.poll_seconds, False
            except Exception as error:
                logger.warning("ECS cannot be watched", extra={"problem": str(unavailable(error, "list tasks"))})
                pause = min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(random.uniform(0.75 * pause, 1.25 * pause))

    async def close(self) -> None:
        """Closes the connections."""
        client = self._client.take()
        if client is not None:
            await self._threads.do(client.close)
        self._threads.close()

    async def _tell(self, task: Mapping[str, Any], ended: Ended, *, remembered: bool) -> None:
        # Refused means that the order was repeated, and its worker is another task: that one's end counts.
        if exit_code_of(task, self._settings.container_name) != EXIT_REFUSED:
            await ended(end_of(task, self._settings.container_name, labels_of(task), remembered=remembered))

    def _stop(self, selector: Labels) -> None:
        client = self._client.get()
        for task in client.described(client.arns(selector, _RUNNING)):
            if has(task, selector):
                client.stop(task["taskArn"])

    def _find(self, selector: Labels) -> list[FoundWorkload]:
        client = self._client.get()
        arns = [*client.arns(selector, _RUNNING), *client.arns(selector, _STOPPED)]
        return [
            FoundWorkload(name_of(task), labels_of(task), task.get("lastStatus") != _STOPPED)
            for task in client.described(arns)
            if has(task, selector)
        ]

    def _stopped(self, selector: Labels, told: Told) -> list[Mapping[str, Any]]:
        client = self._client.get()
        new = [arn for arn in client.arns(selector, _STOPPED) if arn not in told]
        # The desired state comes first: how a task ended shows when it has.
        return [task for task in client.described(new) if task.get("lastStatus") == _STOPPED]
