"""What only a shared server can do to its callers, and what they must not notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest
from headrace.errors import (
    CursorExpiredError,
    FailedPreconditionError,
    SerializationFailureError,
    StorageDownError,
)
from headrace.ids import RandomIds
from headrace_services.storage.store.opening import open_postgres
from headrace_services.storage.store.postgres import PostgresDatabase
from rig.ports import free_port
from rig.postgres import PostgresServer
from rig.storage import StorageClient, StorageService, log_event, new_id, refused, running_storage
from rig.waiting import wait_until_async

pytestmark = pytest.mark.postgres


@pytest.fixture(params=["postgresql"])
def open_database(postgres_url: str, request: pytest.FixtureRequest) -> Any:
    return lambda clock: open_postgres(postgres_url, RandomIds())


@pytest.fixture
async def replica(open_database: Any, service: StorageService) -> AsyncIterator[StorageService]:
    """A second storage process's worth of storage on the same database."""
    async with running_storage(open_database) as running:
        yield running


@pytest.fixture
def outside(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the database."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


async def next_lines(watch: Any, count: int = 1) -> list[str]:
    lines: list[str] = []
    while len(lines) < count:
        answer = await asyncio.wait_for(watch.read(), 30)
        lines += [event.log_recorded.message for event in answer.events if event.HasField("log_recorded")]
    return lines


async def test_a_replica_hears_at_once_of_what_the_other_commits(
    storage: StorageClient, replica: StorageService
) -> None:
    claim = await storage.start_run()
    watches = [replica.client.watch(claim.run_id), replica.client.watch("")]
    for watch in watches:
        await watch.read()
    latencies = []
    for number in range(9):
        started = time.monotonic()
        await storage.events.AppendEvents(claim.report(str(number)))
        assert [await next_lines(watch) for watch in watches] == [[str(number)]] * 2
        latencies.append(time.monotonic() - started)
    assert sorted(latencies)[4] < 0.3, "whoever looks now and then needs half a second"
    for watch in watches:
        watch.cancel()


@pytest.mark.proves("P5", fault="F19", of="storage")
async def test_lost_notifications_cost_latency_alone(
    storage: StorageClient, replica: StorageService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresDatabase, "announce", lambda *_: None)
    claim = await storage.start_run()
    watches = [replica.client.watch(claim.run_id), replica.client.watch("")]
    for number in range(2):
        await storage.events.AppendEvents(claim.report(str(number)))
        assert [await next_lines(watch) for watch in watches] == [[str(number)]] * 2
    for watch in watches:
        watch.cancel()


@pytest.mark.proves("P5", fault="F15", of="database")
async def test_a_transaction_that_lasts_holds_the_feed_up_and_loses_nothing(
    storage: StorageClient, outside: psycopg.Connection[Any]
) -> None:
    claim = await storage.start_run()
    feed, run = storage.watch("", from_now=True), storage.watch(claim.run_id, from_now=True)
    await feed.read(), await run.read()
    with outside.transaction():
        outside.execute("SELECT pg_current_xact_id()")
        await storage.events.AppendEvents(claim.report("held up"))
        assert await next_lines(run) == ["held up"]
        held: list[bool] = []
        with pytest.raises(asyncio.TimeoutError):
            while True:
                answer = await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(feed.read())), 0.5)
                assert not answer.events
                held.append(answer.caught_up)
    fresh = storage.watch("")
    assert await next_lines(fresh) == ["held up"]
    for watch in (feed, run, fresh):
        watch.cancel()


async def test_a_transaction_in_another_database_of_the_server_does_not_hold_the_feed_up(
    storage: StorageClient, postgres_server: PostgresServer
) -> None:
    claim = await storage.start_run()
    watch = storage.watch("", from_now=True)
    await watch.read()
    next_door = postgres_server.create_database()
    with psycopg.connect(next_door) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        await storage.events.AppendEvents(claim.report("seen"))
        assert await next_lines(watch) == ["seen"]
    watch.cancel()
    postgres_server.drop_database(next_door)


@pytest.mark.proves("P11", fault="F12", of="database")
async def test_connections_that_are_cut_are_not_noticed(
    storage: StorageClient, outside: psycopg.Connection[Any]
) -> None:
    claim = await storage.start_run()
    for number in range(5):
        outside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await storage.events.AppendEvents(claim.report(str(number)))
        await storage.get_run(claim.run_id)
    assert len(await storage.events_of(claim.run_id)) == 8


async def test_a_database_that_is_down_is_told_fast_and_forgotten_when_it_is_back(
    storage: StorageClient, postgres_server: PostgresServer, postgres_url: str
) -> None:
    claim = await storage.start_run()
    watch = storage.watch(claim.run_id)
    await watch.read()
    name = postgres_url.rpartition("/")[2]

    def switch(on: bool) -> None:
        with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {'true' if on else 'false'}")
            if not on:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    request = claim.report("once")
    switch(on=False)
    try:
        for call in (
            lambda: storage.events.AppendEvents(request, timeout=2),
            lambda: storage.runs.GetRun(GetRunRequest(run_id=claim.run_id), timeout=2),
        ):
            with refused(StorageDownError):
                await call()
    finally:
        switch(on=True)

    async def stored() -> bool:
        return bool((await storage.events.AppendEvents(request)).last_sequence)

    await wait_until_async(stored)
    assert len(await storage.events_of(claim.run_id)) == 4
    watch.cancel()


@pytest.mark.proves("P1", fault="F15", of="database")
async def test_a_writer_in_the_way_is_waited_for_and_then_named(
    storage: StorageClient, outside: psycopg.Connection[Any]
) -> None:
    claim = await storage.start_run()
    with outside.transaction():
        outside.execute("SELECT 1 FROM runs WHERE run_id = %s FOR UPDATE", (claim.run_id,))
        with refused(SerializationFailureError):
            await storage.events.AppendEvents(claim.report("blocked", batch=1))
    await storage.events.AppendEvents(claim.report("free", batch=1))
    assert len(await storage.events_of(claim.run_id)) == 4


async def test_one_process_takes_no_more_than_five_connections(
    storage: StorageClient, outside: psycopg.Connection[Any]
) -> None:
    await asyncio.gather(*(storage.create_run() for _ in range(50)), *(storage.events_of("") for _ in range(50)))
    row = outside.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'headrace-storage'"
    ).fetchone()
    assert row is not None
    assert row[0] <= 5


@pytest.mark.proves("P5", fault="F7", of="storage")
async def test_the_feed_is_whole_whoever_writes_and_whoever_reads(
    storage: StorageClient, replica: StorageService
) -> None:
    clients = [storage, replica.client]
    claims = [await storage.start_run() for _ in range(2)]
    watches = [client.watch("") for client in clients]
    runs = [[await client.start_run() for _ in range(4)] for client in clients]
    total = 10 * 3 + 8 * 25 + 2

    async def write(client: StorageClient, claim: Any) -> None:
        for number in range(25):
            await client.events.AppendEvents(claim.report(str(number)))

    async def read(watch: Any) -> list[tuple[str, int]]:
        seen: list[tuple[str, int]] = []
        while len(seen) < total:
            answer = await asyncio.wait_for(watch.read(), 20)
            seen += [(event.run_id, event.sequence) for event in answer.events]
        watch.cancel()
        return seen

    reading = [asyncio.ensure_future(read(watch)) for watch in watches]
    await asyncio.gather(*(write(client, claim) for client, own in zip(clients, runs, strict=True) for claim in own))
    for claim in claims:
        await storage.events.AppendEvents(claim.report(log_event(new_id())))
    first, second = [await each for each in reading]
    assert first == second
    assert len(set(first)) == total
    for claim in (*runs[0], *runs[1]):
        assert [sequence for run_id, sequence in first if run_id == claim.run_id] == list(range(1, 29))


async def test_a_database_that_was_restored_elsewhere_keeps_its_feed_and_ends_its_cursors(
    open_database: Any, outside: psycopg.Connection[Any]
) -> None:
    async with running_storage(open_database) as before:
        claim = await before.client.start_run()
        cursor = (await before.client.watch("").read()).cursor
        feed = await before.client.events_of("")
    # As after a restore: numbers that the server has not reached.
    outside.execute("UPDATE events SET xid = xid + 1000000000")
    async with running_storage(open_database) as after:
        await after.client.events.AppendEvents(claim.report("new"))
        assert (await after.client.events_of(""))[:-1] == feed
        with refused(CursorExpiredError) as error:
            await after.client.watch("", cursor=cursor).read()
        resumed = after.client.watch("", cursor=error.value.metadata["oldest_cursor"])
        assert await next_lines(resumed) == ["new"]
        resumed.cancel()


async def test_a_server_that_is_starting_is_waited_for(postgres_url: str) -> None:
    tries = 0

    def open_late(clock: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StorageDownError("not yet")
        return open_postgres(postgres_url, RandomIds())

    async with running_storage(open_late, patience_seconds=10) as running:
        await running.client.create_run()
    assert tries == 3


async def test_a_server_that_never_answers_is_named() -> None:
    with pytest.raises(StorageDownError, match="127.0.0.1"):
        open_postgres(f"postgresql://nobody@127.0.0.1:{free_port()}/none", RandomIds())


@pytest.fixture
def guarded_url(postgres_url: str, outside: psycopg.Connection[Any]) -> Iterator[str]:
    """The test's database for a role whose password the server checks."""
    outside.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'right'")
    hba = Path(outside.execute("SHOW hba_file").fetchone()[0])  # type: ignore[index]
    before = hba.read_text()
    hba.write_text(f"host all guarded 127.0.0.1/32 scram-sha-256\n{before}")
    outside.execute("SELECT pg_reload_conf()")
    yield postgres_url.replace("postgres@", "guarded:{password}@")
    hba.write_text(before)
    outside.execute("SELECT pg_reload_conf()")
    outside.execute("DROP ROLE guarded")


async def test_a_wrong_password_is_said_at_once_and_not_shown(guarded_url: str) -> None:
    began = time.monotonic()
    with pytest.raises(
        FailedPreconditionError, match='for user "guarded"; user and password are those under'
    ) as caught:
        await _start(guarded_url.format(password="wr0ng"))
    assert time.monotonic() - began < 10, "a server that is away is waited for"
    assert "wr0ng" not in str(caught.value)


async def test_a_database_that_is_not_there_is_said_at_once(postgres_url: str) -> None:
    with pytest.raises(FailedPreconditionError, match='database "nowhere" does not exist; .*create it'):
        await _start(f"{postgres_url.rpartition('/')[0]}/nowhere")


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_cannot_keep_all_letters_is_refused_at_once(
    postgres_url: str, outside: psycopg.Connection[Any], encoding: str
) -> None:
    name = f"test_{encoding.lower()}_{new_id()[-12:]}"
    outside.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    try:
        with pytest.raises(FailedPreconditionError, match=f"{name}.* has the encoding {encoding}, .* ENCODING 'UTF8'"):
            await _start(f"{postgres_url.rpartition('/')[0]}/{name}")
    finally:
        outside.execute(f"DROP DATABASE {name}")


async def _start(url: str) -> None:
    async with running_storage(lambda _: open_postgres(url, RandomIds()), patience_seconds=20):
        raise AssertionError("it started")
