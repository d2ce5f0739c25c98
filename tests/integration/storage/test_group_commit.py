"""Writes that come at once share commits, and none has to suffer for another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest
from headrace.api.types.v1.instigator_pb2 import InstigatorRef, Tick
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import NotFoundError, RateLimitedError, RunIdTakenError
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction
from rig.storage import StorageService, log_event, new_id, refused
from rig.waiting import wait_until_async


class Blocker:
    """Intents that keep the writers busy until they are let go."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._go = threading.Event()

    async def __aenter__(self) -> Blocker:
        self._tasks: list[asyncio.Future[None]] = []
        for _ in range(self._store.database.writers):
            started = threading.Event()
            self._tasks.append(asyncio.ensure_future(self._store.write(Intent("block", self._block(started)))))
            # One by one, or one writer would take them all.
            assert await asyncio.to_thread(started.wait, 30)
        return self

    def _block(self, started: threading.Event) -> Callable[[Transaction], None]:
        def block(tx: Transaction) -> None:
            started.set()
            self._go.wait(60)

        return block

    def release(self) -> None:
        self._go.set()

    async def __aexit__(self, *error: object) -> None:
        self._go.set()
        await asyncio.gather(*self._tasks)


async def pending(service: StorageService, count: int) -> None:
    """Waits until so many writes wait for a commit."""

    async def enough() -> bool:
        return service.store.writer.pending >= count

    await wait_until_async(enough)


async def test_writes_that_come_during_a_commit_share_the_next(service: StorageService) -> None:
    claims = [await service.client.start_run() for _ in range(20)]
    async with Blocker(service.store) as blocker:
        service.commits.batches.clear()
        reports = [asyncio.ensure_future(service.client.events.AppendEvents(claim.report("x"))) for claim in claims]
        await pending(service, len(claims))
        blocker.release()
        answers = await asyncio.gather(*reports)
    assert [answer.last_sequence for answer in answers] == [4] * 20
    assert max(service.commits.batches) >= 10


async def test_a_write_that_comes_alone_waits_for_no_other(service: StorageService) -> None:
    claim = await service.client.start_run()
    service.commits.batches.clear()
    for _ in range(5):
        await service.client.events.AppendEvents(claim.report("x"))
    assert service.commits.batches == [1] * 5


async def test_a_write_that_fails_after_it_wrote_is_undone_alone(service: StorageService) -> None:
    storage = service.client
    taken = await storage.create_run()
    new = new_id()
    tick = Tick(ref=InstigatorRef(location_name="etl", kind=1, name="nightly"), result=1)
    tick.due_time.GetCurrentTime()
    runs = [Run(run_id=run_id, location_name="etl", job_name="numbers") for run_id in (new, taken.run_id)]
    claims = [await storage.start_run() for _ in range(4)]
    async with Blocker(service.store) as blocker:
        failing = asyncio.ensure_future(
            storage.ticks.CommitTick(CommitTickRequest(request_id=new_id(), tick=tick, runs=runs))
        )
        reports = [asyncio.ensure_future(storage.events.AppendEvents(claim.report("x"))) for claim in claims]
        await pending(service, 5)
        blocker.release()
        answers = await asyncio.gather(*reports)
        with refused(RunIdTakenError):
            await failing
    assert [answer.last_sequence for answer in answers] == [4] * 4
    with refused(NotFoundError):
        await storage.get_run(new)


async def test_writes_beyond_the_bound_are_refused_at_once(service: StorageService, monkeypatch: Any) -> None:
    monkeypatch.setattr("headrace_services.storage.store.writer._MOST_PENDING", 3)
    async with Blocker(service.store) as blocker:
        waiting = [asyncio.ensure_future(service.store.write(Intent("wait", lambda tx: "done"))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(RateLimitedError):
            await service.store.write(Intent("one_too_many", lambda tx: None))
        blocker.release()
        assert await asyncio.gather(*waiting) == ["done"] * 3


async def test_a_write_whose_caller_gave_up_is_not_begun(service: StorageService) -> None:
    begun: list[str] = []
    async with Blocker(service.store) as blocker:
        given_up = asyncio.ensure_future(service.store.write(Intent("late", lambda tx: begun.append("late"))))
        await asyncio.sleep(0)
        given_up.cancel()
        blocker.release()
    await service.store.write(Intent("after", lambda tx: begun.append("after")))
    assert begun == ["after"]


async def test_what_waits_is_committed_before_storage_stops(service: StorageService) -> None:
    claim = await service.client.start_run()
    request = claim.report(log_event("last"))
    async with Blocker(service.store) as blocker:
        report = asyncio.ensure_future(service.client.events.AppendEvents(request))
        await pending(service, 1)
        stopping = asyncio.ensure_future(asyncio.to_thread(service.store.writer.stop))
        await asyncio.sleep(0.05)
        blocker.release()
        await stopping
    assert (await report).last_sequence == 4
