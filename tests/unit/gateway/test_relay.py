"""Handing streams on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from headrace.errors import RateLimitedError
from headrace_services.gateway.operations.relay import relay


class Backend:
    """A stream of numbers that counts what was taken from it."""

    def __init__(self, count: int) -> None:
        self.taken = 0
        self.canceled = False
        self._count = count

    async def __aiter__(self) -> AsyncIterator[int]:
        for number in range(self._count):
            self.taken += 1
            yield number

    def cancel(self) -> bool:
        self.canceled = True
        return True


class Reader:
    """Takes so many messages, then no more."""

    def __init__(self, most: int) -> None:
        self.received: list[Any] = []
        self._most = most

    async def write(self, message: Any) -> None:
        if len(self.received) >= self._most:
            await asyncio.Event().wait()
        self.received.append(message)


async def test_every_message_is_handed_on() -> None:
    backend, reader = Backend(5), Reader(10)
    await relay(backend, str, reader)
    assert reader.received == ["0", "1", "2", "3", "4"]
    assert backend.canceled


async def test_a_reader_that_is_too_slow_is_cut_off_and_nothing_is_kept_for_it() -> None:
    backend, reader = Backend(1000), Reader(3)
    with pytest.raises(RateLimitedError, match="watch again from your last cursor"):
        await relay(backend, str, reader, slowest_read=0.05)
    assert backend.taken == 4
    assert backend.canceled
