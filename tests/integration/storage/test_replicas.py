"""The processes of a deployment, as they say themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from headrace.api.storage.v1.replica_service_pb2 import ListReplicasRequest, ReportReplicaRequest
from headrace.api.storage.v1.run_queue_service_pb2 import WORK_KIND_REPLICA, WatchWorkRequest
from headrace.api.types.v1.replica_pb2 import REPLICA_STATE_HEALTHY, REPLICA_STATE_LOST, Replica, ReplicaLoop
from headrace.errors import InvalidArgumentError
from headrace.ids import RandomIds
from headrace_services.kit.config.model import Retention
from headrace_services.kit.metrics import Metrics
from headrace_services.storage.measures import StorageMetrics
from headrace_services.storage.store.opening import open_sqlite
from headrace_services.storage.upkeep import Upkeep
from rig.shifted_clock import ShiftedClock
from rig.storage import StorageClient, StorageService, new_id, refused, running_storage


def replica(name: str = "", **fields: object) -> Replica:
    return Replica(
        replica_id=name or new_id(),
        services=["gateway"],
        state=REPLICA_STATE_HEALTHY,
        **fields,  # type: ignore[arg-type]
    )


async def report(storage: StorageClient, one: Replica, *, leaving: bool = False) -> None:
    await storage.replicas.ReportReplica(ReportReplicaRequest(replica=one, leaving=leaving))


async def listed(storage: StorageClient) -> Sequence[Replica]:
    request, found = ListReplicasRequest(page_size=1), list[Replica]()
    while True:
        page = await storage.replicas.ListReplicas(request)
        found += page.replicas
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


async def test_what_a_process_last_said_is_known_until_it_leaves(storage: StorageClient) -> None:
    first, second = replica("1", host="a"), replica("2", host="b")
    await report(storage, first)
    await report(storage, second)
    first.loops.append(ReplicaLoop(name="queue", failure_count=2, problem="storage is away"))
    await report(storage, first)
    shown = await listed(storage)
    assert [(each.host, each.loops[0].problem if each.loops else "") for each in shown] == [
        ("b", ""),
        ("a", "storage is away"),
    ]
    assert all(each.report_time.seconds > 0 for each in shown)
    await report(storage, second, leaving=True)
    assert [each.host for each in await listed(storage)] == ["a"]


async def test_whoever_looks_on_is_told_of_each_report(storage: StorageClient) -> None:
    watch = storage.queue.WatchWork(WatchWorkRequest(kinds=[WORK_KIND_REPLICA]))
    await watch.read()
    await report(storage, replica("1"))
    assert list((await asyncio.wait_for(watch.read(), 30)).kinds) == [WORK_KIND_REPLICA]
    watch.cancel()


async def test_a_process_without_an_id_is_refused(storage: StorageClient) -> None:
    with refused(InvalidArgumentError, "replica_id"):
        await report(storage, Replica())


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
async def timed(clock: ShiftedClock, tmp_path: Path) -> AsyncIterator[StorageService]:
    """On SQLite, whose time is the process's and can be set."""
    path = tmp_path / "timed.db"
    async with running_storage(lambda clock: open_sqlite(path, clock, RandomIds()), clock) as running:
        yield running


async def test_a_process_that_falls_silent_is_lost_and_forgotten_after_a_day(
    timed: StorageService, clock: ShiftedClock
) -> None:
    await report(timed.client, replica())
    clock.step(timedelta(seconds=30))
    assert [each.state for each in await listed(timed.client)] == [REPLICA_STATE_HEALTHY]
    clock.step(timedelta(seconds=10))
    assert [each.state for each in await listed(timed.client)] == [REPLICA_STATE_LOST]
    clock.step(timedelta(days=1))
    assert await listed(timed.client) == []
    await Upkeep(timed.store, StorageMetrics(Metrics()), Retention()).prune(clock.now())
    clock.step(timedelta(days=-1))
    assert await listed(timed.client) == []
