"""Telling of containers that end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from headrace_codeloc.engines.base import DEPLOYMENT, Ended, Labels, WorkloadEnd
from headrace_codeloc.engines.calls import Told
from headrace_codeloc.engines.docker.client import EventStream
from headrace_codeloc.engines.docker.containers import Containers
from headrace_codeloc.engines.docker.ends import end_unseen

T = TypeVar("T")

# A connection may die without a word.
_SILENCE_SECONDS = 60.0


class Do(Protocol):
    """Makes a call that blocks."""

    async def __call__(self, act: Callable[..., T], *args: Any) -> T:
        """Returns what the call returns."""
        ...


class ContainerEnds:
    """Tells of each container's end once, as far as it remembers, and removes what is left of it.

    Args:
        containers: Those of the engine.
        do: Makes calls to it.
        selector: Labels of the containers that are meant.
        ended: Who is told.
        keeps_failed: Whether containers that ended badly are left for somebody to look at.
    """

    def __init__(self, containers: Containers, do: Do, selector: Labels, ended: Ended, *, keeps_failed: bool) -> None:
        self._containers = containers
        self._do = do
        self._selector = selector
        self._ended = ended
        self._keeps_failed = keeps_failed
        self._told = Told()
        self._since: int | None = None
        self._is_first = True

    async def follow(self, connected: Callable[[], None]) -> None:
        """Tells until the engine ends the stream of its events.

        Args:
            connected: Called when the stream is there, and all that was missed is told.
        """
        stream = await self._do(lambda: EventStream(self._containers.client, self._selector, self._since))
        try:
            if self._is_first and DEPLOYMENT in self._selector:
                await self._do(self._containers.sweep, self._selector[DEPLOYMENT])
            await self._look(remembered=self._is_first)
            self._is_first = False
            connected()
            while (event := await self._next(stream)) is not None:
                self._since = int(event["time"])
                await self._died(event)
        finally:
            stream.close()

    async def _next(self, stream: EventStream) -> Mapping[str, Any] | None:
        """Returns the next event; while none comes, makes sure now and then that the engine is still there."""
        waiting = asyncio.ensure_future(stream.next())
        try:
            while not (await asyncio.wait({waiting}, timeout=_SILENCE_SECONDS))[0]:
                await self._look(remembered=False)
            return waiting.result()
        finally:
            waiting.cancel()

    async def _look(self, *, remembered: bool) -> None:
        for container_id in await self._do(self._containers.ended, self._selector):
            await self._tell(container_id, None, remembered=remembered)

    async def _died(self, event: Mapping[str, Any]) -> None:
        attributes = event["Actor"]["Attributes"]
        labels = {key: value for key, value in attributes.items() if key.startswith("headrace/")}
        unseen = end_unseen(attributes.get("name", ""), labels, attributes.get("exitCode", ""))
        await self._tell(event["Actor"]["ID"], unseen, remembered=False)

    async def _tell(self, container_id: str, unseen: WorkloadEnd | None, *, remembered: bool) -> None:
        """Tells of an end once; `unseen` is what to say if the container is gone already."""
        if container_id in self._told:
            return
        end = await self._do(lambda: self._containers.end(container_id, remembered=remembered)) or unseen
        if end is None:
            return
        await self._ended(end)
        self._told.add(container_id)
        if end.kind == "normal" or not self._keeps_failed:
            await self._do(self._containers.forget, container_id)
