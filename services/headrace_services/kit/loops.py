"""Loops: what a service does without being asked, woken by what happens and by a timer only as a fallback."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from headrace.clock import Clock
from headrace.rpc.retry import RetryPolicy
from headrace_services.kit.metrics import Metrics
from headrace_services.kit.problems import log_problem, told
from headrace_services.kit.wake import Wake

logger = logging.getLogger(__name__)

Tick = Callable[[datetime], Awaitable[float | None]]

_AFTER_FAILURE = RetryPolicy(first_seconds=0.2, longest_seconds=5.0)


class Loop:
    """Calls `tick(now)` again and again, one call at a time.

    A tick returns the seconds until it wants to be called next, 0 to be called at once, or None for the interval.
    `wake` calls it earlier; wake-ups while it runs count as one. A tick that fails is called again after a wait that
    grows with each failure in a row; being woken does not shorten that wait, so that a broken peer is not hammered.

    Attributes:
        failures: How often in a row it has failed.
        problem: Why it failed last; empty while it does not.
        success_time: When a tick last came to its end.
    """

    def __init__(self, name: str, tick: Tick, interval: float) -> None:
        self.name = name
        self.interval = interval
        self.failures = 0
        self.problem = ""
        self.success_time: datetime | None = None
        self._tick = tick
        self._wake = Wake()

    def wake(self) -> None:
        """Has the loop tick soon."""
        self._wake.set()

    async def run(self, clock: Clock, metrics: Metrics) -> None:
        """Ticks until it is canceled."""
        while True:
            delay = await self._once(clock, metrics)
            if self.failures:
                await clock.sleep(delay)
            elif delay > 0:
                await self._wake.wait(delay)
            else:
                await clock.sleep(0)

    async def _once(self, clock: Clock, metrics: Metrics) -> float:
        started = clock.monotonic()
        try:
            delay = await self._tick(clock.now())
        except Exception as error:
            self.failures += 1
            self.problem = told(error)
            metrics.loop_failed(self.name, clock.monotonic() - started)
            wait = _AFTER_FAILURE.delay(self.failures)
            log_problem(logger, "a loop failed", error, loop=self.name, failures=self.failures, retry_in=wait)
            return wait
        self.failures, self.problem, self.success_time = 0, "", clock.now()
        wait = self.interval if delay is None else delay
        metrics.loop_succeeded(self.name, clock.monotonic() - started, self.success_time, wait)
        return wait


class Loops:
    """The running loops of one service."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, loop: Loop) -> None:
        self._tasks.append(asyncio.create_task(loop.run(self._clock, self._metrics), name=f"loop {loop.name}"))

    async def stop(self) -> None:
        """Ends every loop, in the middle of its tick if need be: what a tick commits, it commits in one transaction."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
