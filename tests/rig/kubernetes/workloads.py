"""Workloads for tests of engines, and what is told of their ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from headrace_codeloc.engines.base import KIND, RUN_ID, Engine, Labels, Layer, Workload, WorkloadEnd
from rig.kubernetes.cluster import unique
from rig.waiting import wait_until_async


def workload(*command: str, layers: Sequence[Layer] = (), labels: Labels | None = None, **more: Any) -> Workload:
    """Returns a workload with a name of its own."""
    name = unique("headrace-test")
    all_labels = {RUN_ID: name, KIND: "run", **(labels or {})}
    return Workload(name, command, **{"environment": {}, **more}, labels=all_labels, layers=layers)


def python(code: str, **more: Any) -> Workload:
    """Returns a workload that executes Python code."""
    return workload("python", "-c", code, **more)


@dataclass
class Watched:
    """What a watch told.

    Attributes:
        ends: The ends.
        refuse: How many ends to refuse at first.
    """

    ends: list[WorkloadEnd] = field(default_factory=list)
    refuse: int = 0

    async def ended(self, end: WorkloadEnd) -> None:
        """Takes an end."""
        if self.refuse:
            self.refuse -= 1
            raise RuntimeError("not now")
        self.ends.append(end)

    async def end_of(self, wanted: Workload, timeout: float = 60.0) -> WorkloadEnd:
        """Waits for the end of a workload."""

        async def found() -> WorkloadEnd | None:
            return next((each for each in self.ends if each.name == wanted.name), None)

        end = await wait_until_async(found, timeout, f"the end of {wanted.name}")
        assert end is not None
        return end


@asynccontextmanager
async def watching(engine: Engine, selector: Labels) -> AsyncIterator[Watched]:
    """Watches, inside the block."""
    watched = Watched()
    task = asyncio.create_task(engine.watch(selector, watched.ended))
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
