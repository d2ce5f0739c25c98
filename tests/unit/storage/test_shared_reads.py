from __future__ import annotations

import asyncio

import pytest

from headrace_services.storage.store.shared_reads import SharedReads


class Table:
    """Counts how often it is read."""

    def __init__(self) -> None:
        self.rows, self.reads = 0, 0
        self.began, self.may_end = asyncio.Event(), asyncio.Event()

    async def read(self) -> int:
        self.reads += 1
        self.began.set()
        rows = self.rows
        await self.may_end.wait()
        return rows


async def test_those_who_are_woken_together_read_once() -> None:
    table, shared = Table(), SharedReads()
    table.may_end.set()
    assert await asyncio.gather(*(shared.read("all", table.read) for _ in range(100))) == [0] * 100
    assert table.reads == 1
    await asyncio.gather(shared.read("all", table.read), shared.read("other", table.read))
    assert table.reads == 3


async def test_who_is_woken_later_does_not_get_what_was_read_before() -> None:
    table, shared = Table(), SharedReads()
    early = asyncio.create_task(shared.read("all", table.read))
    await table.began.wait()
    table.rows = 1
    late = asyncio.create_task(shared.read("all", table.read))
    await asyncio.sleep(0)
    table.may_end.set()
    assert (await early, await late, table.reads) == (0, 1, 2)


async def test_who_leaves_leaves_the_others_their_answer_and_a_failure_is_everybody_s() -> None:
    table, shared = Table(), SharedReads()
    leaver, stayer = (asyncio.create_task(shared.read("all", table.read)) for _ in range(2))
    await table.began.wait()
    leaver.cancel()
    table.may_end.set()
    assert await stayer == 0

    async def fail() -> int:
        raise OSError("gone")

    for failed in await asyncio.gather(*(shared.read("all", fail) for _ in range(3)), return_exceptions=True):
        with pytest.raises(OSError, match="gone"):
            raise failed  # type: ignore[misc]
