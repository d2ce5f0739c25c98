"""What storage does without being asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from headrace.api.storage.v1.asset_index_service_pb2 import GetAssetRequest
from headrace.api.storage.v1.run_store_service_pb2 import CreateRunRequest
from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, ListTicksRequest
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.instigator_pb2 import InstigatorRef, Tick
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import RunNotFoundError
from headrace.ids import RandomIds
from headrace_services.kit.config.model import Retention, TickRetention
from headrace_services.kit.metrics import Metrics
from headrace_services.storage.measures import StorageMetrics
from headrace_services.storage.store.opening import open_sqlite
from headrace_services.storage.upkeep import Upkeep
from rig.shifted_clock import ShiftedClock
from rig.storage import StorageClient, StorageService, materialization, new_id, refused, running_storage

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
SKIPPED, FAILED = 2, 3
SCHEDULE, SENSOR = 1, 2


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock(NOON)


@pytest.fixture
async def service(clock: ShiftedClock, tmp_path: Path) -> AsyncIterator[StorageService]:
    """On SQLite, whose time is the process's and can be set."""
    path = tmp_path / "headrace.db"
    async with running_storage(lambda clock: open_sqlite(path, clock, RandomIds()), clock) as running:
        yield running


def upkeep(service: StorageService, metrics: Metrics, **retention: object) -> Upkeep:
    return Upkeep(service.store, StorageMetrics(metrics), Retention(**retention))  # type: ignore[arg-type]


async def test_answers_are_kept_for_a_day(service: StorageService, clock: ShiftedClock) -> None:
    metrics = Metrics()
    loops = upkeep(service, metrics)
    run = Run(run_id=new_id(), location_name="etl", job_name="numbers")
    request = CreateRunRequest(request_id=new_id(), run=run)
    await service.client.runs.CreateRun(request)
    clock.step(timedelta(hours=23))
    await loops.prune(clock.now())
    assert (await service.client.runs.CreateRun(request)).created
    clock.step(timedelta(hours=2))
    await loops.prune(clock.now())
    assert not (await service.client.runs.CreateRun(request)).created
    assert 'headrace_storage_pruned_rows_total{table="request_ids"} 1.0' in metrics.exposition().decode()


async def test_runs_are_kept_as_long_as_the_instance_says(service: StorageService, clock: ShiftedClock) -> None:
    storage = service.client
    finished, unfinished = await storage.start_run(ttl=3600), await storage.start_run(ttl=3600)
    await storage.finish(finished)
    clock.step(timedelta(days=8))
    late = await storage.start_run()
    await storage.finish(late)
    await upkeep(service, Metrics()).prune(clock.now())
    await storage.get_run(finished.run_id)
    await upkeep(service, Metrics(), runs_days=7).prune(clock.now())
    with refused(RunNotFoundError):
        await storage.get_run(finished.run_id)
    await storage.get_run(unfinished.run_id)
    await storage.get_run(late.run_id)


async def test_what_happened_inside_old_runs_is_forgotten_and_how_they_ended_is_not(
    service: StorageService, clock: ShiftedClock
) -> None:
    storage = service.client
    old = [await storage.start_run(ttl=3600) for _ in range(45)]
    going_on = await storage.start_run(ttl=3600)
    for claim in (*old, going_on):
        await storage.events.AppendEvents(claim.report("one", materialization("numbers"), "two"))
    for claim in old:
        await storage.finish(claim)
    clock.step(timedelta(days=8))
    late = await storage.start_run()
    await storage.events.AppendEvents(late.report("one"))
    await storage.finish(late)
    for _ in range(2):
        await upkeep(service, Metrics(), events_days=7).prune(clock.now())
    for claim in old:
        kinds = {event.WhichOneof("detail") for event in await storage.events_of(claim.run_id)}
        assert kinds == {"run_state_changed"}
        assert (await storage.get_run(claim.run_id)).last_sequence == 7
    assert len(await storage.events_of(going_on.run_id)) == 6
    assert len(await storage.events_of(late.run_id)) == 5
    asset = (await storage.assets.GetAsset(GetAssetRequest(asset_key=AssetKey(path=["numbers"])))).asset
    assert asset.materialization_count == 46


async def test_ticks_are_kept_by_kind_and_result(service: StorageService, clock: ShiftedClock) -> None:
    async def commit(storage: StorageClient, kind: int, result: int, due: datetime, etag: str) -> str:
        tick = Tick(ref=InstigatorRef(location_name="etl", kind=kind, name="x"), result=result)
        tick.due_time.FromDatetime(due)
        request = CommitTickRequest(request_id=new_id(), tick=tick, etag=etag)
        return (await storage.ticks.CommitTick(request)).instigator.etag

    for kind in (SCHEDULE, SENSOR):
        etag = ""
        for day in (0, 5, 9):
            for result in (SKIPPED, FAILED):
                etag = await commit(service.client, kind, result, NOON + timedelta(days=day, minutes=result), etag)
    clock.step(timedelta(days=10))
    await upkeep(service, Metrics(), sensor=TickRetention(skipped=3, failure=7)).prune(clock.now())
    kept = (await service.client.ticks.ListTicks(ListTicksRequest(page_size=100))).ticks
    sensors = [(tick.due_time.ToDatetime().day, tick.result) for tick in kept if tick.ref.kind == SENSOR]
    assert sensors == [(10, FAILED), (10, SKIPPED), (6, FAILED)]
    assert len([tick for tick in kept if tick.ref.kind == SCHEDULE]) == 6


async def test_gauges_tell_the_truth(service: StorageService, clock: ShiftedClock) -> None:
    storage = service.client
    await storage.create_run()
    clock.step(timedelta(minutes=1))
    await storage.create_run()
    started = await storage.create_run()
    await storage.admit(started.run_id)
    watch = storage.watch("")
    await watch.read()
    metrics = Metrics()
    await upkeep(service, metrics).measure(clock.now())
    text = metrics.exposition().decode()
    told = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("headrace_storage"))
    assert float(told["headrace_storage_database_up"]) == 1
    assert float(told["headrace_storage_queued_runs"]) == 2
    assert float(told["headrace_storage_active_runs"]) == 1
    assert float(told["headrace_storage_outbox_messages"]) == 1
    assert float(told["headrace_storage_event_watchers"]) == 1
    assert 60 <= float(told["headrace_storage_oldest_queued_seconds"]) < 70
    watch.cancel()
