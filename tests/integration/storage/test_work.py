"""Hints that there is something to do."""

from __future__ import annotations

import asyncio
from typing import Any

from headrace.api.storage.v1.run_lease_service_pb2 import ExpireRunLeaseRequest
from headrace.api.storage.v1.run_queue_service_pb2 import WatchWorkRequest, WorkKind
from rig.storage import StorageClient, new_id

ALL = [kind for kind in WorkKind.values() if kind]
QUEUE, OUTBOX, OVERDUE = WorkKind.WORK_KIND_QUEUE, WorkKind.WORK_KIND_OUTBOX, WorkKind.WORK_KIND_OVERDUE


async def hint_of(watch: Any, kind: int) -> None:
    """Waits for a hint; others may come in between, some of them twice."""
    while kind not in (await asyncio.wait_for(watch.read(), 30)).kinds:
        pass


async def test_work_is_hinted_at_after_each_commit_that_makes_some(storage: StorageClient) -> None:
    watch = storage.queue.WatchWork(WatchWorkRequest())
    first = await watch.read()
    assert (list(first.kinds), first.caught_up) == (ALL, True)
    run = await storage.create_run()
    await hint_of(watch, QUEUE)
    await storage.admit(run.run_id)
    await hint_of(watch, OUTBOX)
    (message,) = await storage.messages()
    claim = await storage.claim(run.run_id, message.launch_order.launch_token)
    expire = ExpireRunLeaseRequest(request_id=new_id(), run_id=run.run_id, launch_token=claim.launch_token)
    assert (await storage.run_leases.ExpireRunLease(expire)).expired
    await hint_of(watch, OVERDUE)
    watch.cancel()


async def test_a_watch_of_some_kinds_is_left_alone_by_others(storage: StorageClient) -> None:
    watch = storage.queue.WatchWork(WatchWorkRequest(kinds=[OUTBOX]))
    await watch.read()
    run = await storage.create_run()
    await storage.admit(run.run_id)
    assert list((await watch.read()).kinds) == [OUTBOX]
    watch.cancel()


async def test_a_watch_that_resumes_learns_only_what_it_missed(storage: StorageClient) -> None:
    watch = storage.queue.WatchWork(WatchWorkRequest())
    cursor = (await watch.read()).cursor
    watch.cancel()
    resumed = storage.queue.WatchWork(WatchWorkRequest(cursor=cursor))
    assert list((await resumed.read()).kinds) == []
    resumed.cancel()
    await storage.create_run()
    late = storage.queue.WatchWork(WatchWorkRequest(cursor=cursor))
    assert list((await asyncio.wait_for(late.read(), 30)).kinds) == ALL
    late.cancel()
