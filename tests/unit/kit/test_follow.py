from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
import pytest

from headrace.clock import SystemClock
from headrace_services.kit.follow import EOF, Follower, SilentError, answers
from rig.waiting import wait_until_async


@dataclass
class Answer:
    cursor: str


@dataclass
class Stream:
    """What a stub returns: plays its script, then stays silent."""

    script: list[Any]
    canceled: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> Any:
        if not self.script:
            await self.canceled.wait()
            raise asyncio.CancelledError
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def cancel(self) -> None:
        self.canceled.set()


def failed(code: grpc.StatusCode) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), "no")


def follower(*scripts: list[Any], silence: float = 30.0) -> tuple[Follower[Answer], list[str], list[str]]:
    """A follower of these streams, the cursors it opens them with, and those it has handled."""
    streams, opened, handled = list(scripts), [], []

    def open_watch(cursor: str) -> Stream:
        opened.append(cursor)
        return Stream(streams.pop(0) if streams else [])

    async def handle(answer: Answer) -> None:
        handled.append(answer.cursor)
        if answer.cursor == "bad":
            raise ValueError("cannot be handled")

    return Follower("test", open_watch, handle, SystemClock(), silence=silence), opened, handled


async def run_until(follower: Follower[Answer], condition: Callable[[], bool]) -> None:
    async def met() -> bool:
        return condition()

    task = asyncio.create_task(follower.run())
    await wait_until_async(met)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("end", [EOF, failed(grpc.StatusCode.UNAVAILABLE)])
async def test_a_watch_that_ends_is_opened_again_after_its_last_cursor(end: Any) -> None:
    watch, opened, handled = follower([Answer("1"), Answer("2"), end], [Answer("3")])
    await run_until(watch, lambda: handled == ["1", "2", "3"])
    assert opened == ["", "2"]


@pytest.mark.parametrize("code", [grpc.StatusCode.OUT_OF_RANGE, grpc.StatusCode.INVALID_ARGUMENT])
async def test_a_cursor_that_is_no_good_any_more_is_dropped(code: grpc.StatusCode) -> None:
    watch, opened, _ = follower([Answer("1"), failed(code)], [Answer("2")])
    await run_until(watch, lambda: len(opened) == 2)
    assert opened == ["", ""]


async def test_an_answer_that_cannot_be_handled_is_sent_again() -> None:
    watch, opened, handled = follower([Answer("1"), Answer("bad")], [Answer("bad"), EOF], [Answer("2")])
    await run_until(watch, lambda: "2" in handled)
    assert opened == ["", "1", "1"]


async def test_a_watch_that_the_other_side_does_not_have_is_given_up() -> None:
    watch, opened, _ = follower([failed(grpc.StatusCode.UNIMPLEMENTED)])
    await asyncio.wait_for(watch.run(), 30)
    assert opened == [""]


async def test_a_silent_watch_is_opened_again() -> None:
    watch, opened, _ = follower([Answer("1")], [Answer("2")], silence=0.05)
    await run_until(watch, lambda: len(opened) >= 2)
    assert opened[:2] == ["", "1"]


async def test_silence_is_told_from_being_canceled() -> None:
    stream = Stream([])
    with pytest.raises(SilentError, match=r"0\.01 s"):
        async for _ in answers(stream, 0.01):
            pass
    assert stream.canceled.is_set()
