"""The log of workers that ended."""

from __future__ import annotations

import asyncio

import pytest

from headrace.api.codeloc.v1.worker_host_service_pb2 import WorkerExit
from headrace.errors import CursorExpiredError
from headrace_codeloc.front.exits import ExitLog


def log_of(count: int, most: int = 5) -> ExitLog:
    log = ExitLog("this-front", most)
    for number in range(count):
        log.add(WorkerExit(worker_id=str(number)))
    return log


def ids(log: ExitLog, cursor: str, most: int = 10) -> list[str]:
    return [each.worker_id for each in log.after(log.position(cursor), most)]


async def test_without_a_cursor_all_that_is_remembered_follows() -> None:
    assert ids(log_of(3), "") == ["0", "1", "2"]
    assert ids(log_of(8), "") == ["3", "4", "5", "6", "7"]


async def test_a_cursor_resumes_behind_what_was_seen() -> None:
    log = log_of(3)
    position = log.position("") + 2
    assert ids(log, log.cursor(position)) == ["2"]
    assert log.is_newest(position + 1) and not log.is_newest(position)


async def test_parts_follow_each_other() -> None:
    log = log_of(5)
    assert ids(log, "", 2) == ["0", "1"]
    assert ids(log, log.cursor(2), 2) == ["2", "3"]


@pytest.mark.parametrize("cursor", ["other:1", "this-front:1", "this-front:99", "this-front:x", "nonsense"])
async def test_a_cursor_whose_future_is_not_known_has_expired(cursor: str) -> None:
    with pytest.raises(CursorExpiredError) as caught:
        log_of(8).position(cursor)
    assert caught.value.metadata["oldest_cursor"] == "this-front:3"


async def test_a_waiter_is_woken_by_the_next_end() -> None:
    log = log_of(1)
    waiter = asyncio.create_task(log.wait(1, 60))
    await asyncio.sleep(0)
    log.add(WorkerExit(worker_id="new"))
    await asyncio.wait_for(waiter, 30)
    assert ids(log, log.cursor(1)) == ["new"]
