"""Slow readers, silence, a disk that is full, and a file that is put back."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from headrace.api.storage.v1.run_queue_service_pb2 import WatchWorkRequest
from headrace.clock import Clock
from headrace.errors import CursorExpiredError, RateLimitedError, StorageDownError
from headrace.ids import RandomIds
from headrace_services.storage.operations import watch_events, watch_work
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.opening import open_sqlite
from rig.storage import StorageClient, StorageService, refused, running_storage
from rig.waiting import wait_until_async


@pytest.mark.proves("P4 P5", fault="F18", of="storage")
async def test_a_reader_that_is_too_slow_is_sent_back_to_its_cursor(
    storage: StorageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_events, "_SLOWEST_READER_SECONDS", 0.2)
    claim = await storage.start_run()
    for _ in range(12):
        await storage.events.AppendEvents(claim.report(*["x" * 60_000] * 15))
    watch = storage.watch(claim.run_id)
    seen, cursor = 0, ""
    with refused(RateLimitedError):
        while True:
            answer = await watch.read()
            await asyncio.sleep(0.4)
            seen, cursor = seen + len(answer.events), answer.cursor
    assert 0 < seen < 183
    monkeypatch.undo()
    resumed = storage.watch(claim.run_id, cursor=cursor)
    while seen < 183:
        seen += len((await resumed.read()).events)
    assert seen == 183
    resumed.cancel()


@pytest.mark.parametrize("scope", ["run", "feed"])
async def test_a_watch_in_silence_gives_signs_of_life_that_move_its_cursor(
    storage: StorageClient, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_events, "SIGN_OF_LIFE_SECONDS", 0.1)
    claim = await storage.start_run()
    watch = storage.watch(claim.run_id if scope == "run" else "", kinds=["step_started"])
    first = await watch.read()
    await storage.events.AppendEvents(claim.report("of no interest"))

    async def moved() -> bool:
        answer = await watch.read()
        assert (list(answer.events), answer.caught_up) == ([], True)
        return answer.cursor != first.cursor

    await wait_until_async(moved)
    watch.cancel()


async def test_a_watch_of_work_in_silence_gives_signs_of_life(
    storage: StorageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_work, "SIGN_OF_LIFE_SECONDS", 0.1)
    watch = storage.queue.WatchWork(WatchWorkRequest())
    await watch.read()
    assert list((await asyncio.wait_for(watch.read(), 30)).kinds) == []
    watch.cancel()


@pytest.mark.proves("P1 P3", fault="F14", of="database")
async def test_a_full_disk_is_told_and_forgotten_when_there_is_room(service: StorageService) -> None:
    if service.store.database.name != "sqlite":
        pytest.skip("the server's disk is not ours to fill")
    storage = service.client
    claim = await storage.start_run()

    def limit(pages: int) -> None:
        with service.store.database.writing(()) as (connection, _):
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    await asyncio.to_thread(limit, 1)
    large = claim.report(*["x" * 60_000] * 15)
    with refused(StorageDownError, "full"):
        await storage.events.AppendEvents(large, timeout=2)
    assert (await storage.get_run(claim.run_id)).last_sequence == 3
    await asyncio.to_thread(limit, 1_000_000)
    assert (await storage.events.AppendEvents(large)).last_sequence == 18


async def test_a_database_file_that_comes_back_older_ends_the_cursors_of_what_it_has_lost(tmp_path: Path) -> None:
    file, backup = tmp_path / "headrace.db", tmp_path / "backup.db"

    def opened(clock: Clock) -> Database:
        return open_sqlite(file, clock, RandomIds())

    async with running_storage(opened) as service:
        claim = await service.client.start_run()
        await asyncio.to_thread(back_up, file, backup)
        await service.client.events.AppendEvents(claim.report("lost"))
        cursors = {run_id: (await service.client.watch(run_id).read()).cursor for run_id in ("", claim.run_id)}
    await asyncio.to_thread(put_back, backup, file)
    async with running_storage(opened) as service:
        for run_id, cursor in cursors.items():
            with refused(CursorExpiredError) as error:
                await service.client.watch(run_id, cursor=cursor).read()
            answer = await service.client.watch(run_id, cursor=error.value.metadata["oldest_cursor"]).read()
            assert len(answer.events) == 3
        assert (await service.client.events.AppendEvents(claim.report("again", batch=1))).last_sequence == 4


async def test_nothing_is_taken_in_once_the_database_file_is_gone_until_it_is_back(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "headrace.db", tmp_path / "elsewhere.db"
    async with running_storage(lambda clock: open_sqlite(file, clock, RandomIds())) as service:
        claim = await service.client.start_run()
        report = claim.report("kept")
        await asyncio.to_thread(file.rename, elsewhere)
        with refused(StorageDownError, "was removed while it was open: put it back"):
            await service.client.events.AppendEvents(report, timeout=2)
        assert not await service.store.answers()
        await asyncio.to_thread(file.touch)
        with refused(StorageDownError, "was replaced"):
            await service.client.get_run(claim.run_id)
        await asyncio.to_thread(elsewhere.replace, file)
        assert await service.store.answers()
        assert (await service.client.events.AppendEvents(report)).last_sequence == 4


def back_up(file: Path, backup: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")


def put_back(backup: Path, file: Path) -> None:
    for beside in file.parent.glob(f"{file.name}*"):
        beside.unlink()
    backup.rename(file)
