"""Loops are woken, wait as they were told, and survive their failures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone

import pytest

from headrace.errors import UnavailableError
from headrace_services.kit.loops import Loop, Loops
from headrace_services.kit.metrics import Metrics
from headrace_services.kit.wake import Wake
from rig.waiting import eventually


class FakeClock:
    """Notes how long it was asked to sleep, and does not."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=timezone.utc)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class Ticks:
    """Counts ticks and returns what a test says."""

    def __init__(self, answer: Callable[[int], Awaitable[float | None]]) -> None:
        self.count = 0
        self._answer = answer

    async def __call__(self, now: datetime) -> float | None:
        self.count += 1
        return await self._answer(self.count)


async def idle(count: int) -> float | None:
    return None


async def run(loop: Loop, clock: FakeClock | None = None) -> tuple[Loops, Metrics]:
    metrics = Metrics()
    loops = Loops(clock or FakeClock(), metrics)
    loops.start(loop)
    return loops, metrics


async def test_a_loop_ticks_at_once_and_then_when_it_is_woken() -> None:
    ticks = Ticks(idle)
    loop = Loop("queue", ticks, interval=3600)
    loops, _ = await run(loop)
    await eventually(lambda: ticks.count == 1)
    loop.wake()
    await eventually(lambda: ticks.count == 2)
    await loops.stop()


async def test_wake_ups_during_a_tick_count_as_one() -> None:
    release = asyncio.Event()

    async def slow(count: int) -> float | None:
        if count == 1:
            await release.wait()
        return None

    ticks = Ticks(slow)
    loop = Loop("queue", ticks, interval=3600)
    loops, _ = await run(loop)
    await eventually(lambda: ticks.count == 1)
    for _ in range(10):
        loop.wake()
    release.set()
    await eventually(lambda: ticks.count == 2)
    await asyncio.sleep(0.05)
    assert ticks.count == 2
    await loops.stop()


async def test_a_tick_says_when_the_next_one_is_due() -> None:
    async def hurry(count: int) -> float | None:
        return 0 if count < 5 else 0.01 if count < 8 else None

    ticks = Ticks(hurry)
    loops, _ = await run(Loop("queue", ticks, interval=3600))
    await eventually(lambda: ticks.count == 8)
    await asyncio.sleep(0.05)
    assert ticks.count == 8
    await loops.stop()


async def test_without_being_woken_a_loop_ticks_by_its_interval() -> None:
    ticks = Ticks(idle)
    loops, _ = await run(Loop("queue", ticks, interval=0.01))
    await eventually(lambda: ticks.count >= 3)
    await loops.stop()


async def test_a_loop_that_fails_waits_longer_each_time_and_recovers() -> None:
    async def fail(count: int) -> float | None:
        if count <= 4:
            raise RuntimeError("the database is away")
        return None

    ticks, clock = Ticks(fail), FakeClock()
    loop = Loop("queue", ticks, interval=3600)
    loops, metrics = await run(loop, clock)
    await eventually(lambda: ticks.count == 5)
    assert len(clock.slept) == 4
    for wait, longest in zip(clock.slept, (0.2, 0.4, 0.8, 1.6), strict=True):
        assert longest / 2 <= wait <= longest
    text = metrics.exposition().decode()
    assert 'headrace_loop_failures_total{loop="queue"} 4.0' in text
    assert 'headrace_loop_last_success_timestamp_seconds{loop="queue"} 1.7672256e+09' in text
    assert 'headrace_loop_due_timestamp_seconds{loop="queue"} 1.7672292e+09' in text
    assert 'headrace_loop_tick_seconds_count{loop="queue"} 5.0' in text
    await loops.stop()


@pytest.mark.parametrize(("error", "traced"), [(UnavailableError("storage is away"), False), (KeyError("bug"), True)])
async def test_a_service_that_is_away_is_said_in_one_line(
    error: Exception, traced: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(count: int) -> float | None:
        if count == 1:
            raise error
        return None

    ticks = Ticks(fail)
    loops, _ = await run(Loop("queue", ticks, interval=3600), FakeClock())
    await eventually(lambda: ticks.count == 2)
    (record,) = [each for each in caplog.records if each.message == "a loop failed"]
    assert bool(record.exc_info) == traced
    assert record.__dict__["problem"] == str(error)
    await loops.stop()


async def test_stopping_ends_a_tick_in_progress() -> None:
    async def hang(count: int) -> float | None:
        await asyncio.Event().wait()
        return None

    ticks = Ticks(hang)
    loops, _ = await run(Loop("queue", ticks, interval=1))
    await eventually(lambda: ticks.count == 1)
    await asyncio.wait_for(loops.stop(), 30)


async def test_a_wake_up_before_the_wait_is_not_lost() -> None:
    wake = Wake()
    wake.set()
    wake.set()
    assert await wake.wait(10)
    assert not await wake.wait(0.01)
