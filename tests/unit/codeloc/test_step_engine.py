"""Steps that an engine executes, where the engine does not do as it is asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, cast

from headrace.errors import HeadraceError
from headrace.execute.scheduling.delegate import Launch
from headrace_codeloc.engines.base import Ended, FoundWorkload, HopelessWorkloadError, Labels, Workload
from headrace_codeloc.worker.step_board import StepBoard
from headrace_codeloc.worker.step_engine import Gone, News, StepEngine
from headrace_codeloc.worker.step_workloads import StepWorkloads
from rig.waiting import wait_until

REFUSAL = HopelessWorkloadError("this process may not use the engine")


class RefusingEngine:
    """An engine that this process may not use."""

    kind = "docker"

    async def start(self, workload: Workload) -> bool:
        raise REFUSAL

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        raise REFUSAL

    async def watch(self, selector: Labels, ended: Ended) -> None:
        await asyncio.Event().wait()

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        raise REFUSAL

    async def close(self) -> None: ...


class OneWorkload:
    selector: ClassVar[Labels] = {}

    def workload(self, launch: Launch) -> Workload:
        return Workload(launch.key, ("true",), {})


class SilentBoard:
    """The coordinator's side: nothing is told of any attempt."""

    def __init__(self) -> None:
        self._closing = threading.Event()

    def order(self, *_: object) -> None: ...

    def follow(self, told: Callable[[Any], None]) -> None:
        self._closing.wait(30)

    def close(self) -> None:
        self._closing.set()


@contextmanager
def step_engine(tell: Callable[[News], None], *, resumed: bool) -> Iterator[StepEngine]:
    def abandon(error: Exception) -> None:
        raise AssertionError(f"the run is abandoned: {error}")

    made = StepEngine(
        RefusingEngine(),
        cast("StepWorkloads", OneWorkload()),
        cast("StepBoard", SilentBoard()),
        tell,
        abandon,
        resumed=resumed,
    )
    try:
        yield made
    finally:
        made.close()


def test_a_run_that_goes_on_where_nothing_can_be_cleared_up_hears_why_its_steps_do_not_start() -> None:
    news: list[News] = []
    with step_engine(news.append, resumed=True) as engine:
        engine.start(Launch("train", 1))
        wait_until(lambda: news, 10, "the step's end")
    (gone,) = news
    assert isinstance(gone, Gone)
    assert (gone.failure.message, gone.retryable) == (str(cast(HeadraceError, REFUSAL)), False)
