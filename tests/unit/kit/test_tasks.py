from __future__ import annotations

import asyncio
import logging

import pytest

from headrace_services.kit.tasks import Tasks


async def test_tasks_end_together() -> None:
    tasks = Tasks()
    ended: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(name)

    for name in ("a", "b"):
        tasks.spawn(work(name), name)
    await asyncio.sleep(0)
    assert len(tasks) == 2
    await tasks.stop()
    assert sorted(ended) == ["a", "b"]
    assert len(tasks) == 0


async def test_a_task_that_fails_is_not_forgotten_silently(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("lost")

    with caplog.at_level(logging.ERROR):
        task = Tasks().spawn(fail(), "failing")
        await asyncio.wait({task})
        await asyncio.sleep(0)
    assert "a task failed" in caplog.text
    assert "lost" in caplog.text
