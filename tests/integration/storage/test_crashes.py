"""Storage is killed at any moment, again and again, and keeps every promise."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, ListInstigatorsRequest, ListTicksRequest
from headrace.api.types.v1.instigator_pb2 import InstigatorRef, Tick
from headrace.api.types.v1.run_pb2 import Run, RunOrigin
from headrace.errors import AbortedError, DeadlineExceededError, UnavailableError
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.status import rpc_errors
from rig.ports import free_port
from rig.processes import SupervisedProcess, Supervisor
from rig.storage import SUCCEEDED, Claim, StorageClient, new_id
from rig.waiting import NeverHappenedError, eventually, wait_until_async

TESTS = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(400)


@dataclass
class Deployment:
    """Replicas of storage that can be killed and started again."""

    supervisor: Supervisor
    home: Path
    url: str
    ports: list[int]
    processes: dict[int, SupervisedProcess] = field(default_factory=dict)
    served: Counter[int] = field(default_factory=Counter)

    def start(self, port: int, faults: str = "") -> None:
        arguments = [
            "-m",
            "rig.storage_process",
            str(self.home),
            f"127.0.0.1:{port}",
            *([self.url] if self.url else []),
        ]
        environment = {"PYTHONPATH": str(TESTS), "HEADRACE_FAULTS": faults}
        self.processes[port] = self.supervisor.python(f"storage-{port}", *arguments, env=environment)

    def kill(self, port: int) -> None:
        self.processes[port].kill()
        self.processes[port].process.wait()

    async def keep_killing(self) -> None:
        """Kills replicas in turn and at random moments, for ever; none before it was of use to somebody."""
        chance = random.Random(7)
        for port in self.endless_ports():
            await self.answers(port)
            before = self.served[port]
            # Those who ask this one may be done already.
            with suppress(NeverHappenedError):
                await eventually(partial(self.has_served_since, port, before))
            await asyncio.sleep(chance.uniform(0.5, 1.5))
            self.kill(port)
            self.start(port)

    def has_served_since(self, port: int, before: int) -> bool:
        return self.served[port] > before

    def endless_ports(self) -> Iterator[int]:
        while True:
            yield from self.ports

    async def answers(self, port: int) -> None:
        """Waits until a replica takes connections; a channel would wait longer before it tried again."""

        async def connects() -> bool:
            assert self.processes[port].running, self.processes[port].tail()
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True

        await wait_until_async(connects, 60, what=f"storage answering at {port}", retry_on=(OSError,))

    @asynccontextmanager
    async def client(self, port: int) -> AsyncIterator[StorageClient]:
        channel = open_aio_channel(f"127.0.0.1:{port}")
        try:
            yield StorageClient(channel)
        finally:
            await channel.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def deployment(request: pytest.FixtureRequest, supervisor: Supervisor, tmp_path: Path) -> Deployment:
    """One process on SQLite, two on PostgreSQL."""
    is_sqlite = request.param == "sqlite"
    url = "" if is_sqlite else request.getfixturevalue("postgres_url")
    found = Deployment(supervisor, tmp_path, url, [free_port() for _ in range(1 if is_sqlite else 2)])
    for port in found.ports:
        found.start(port)
    for port in found.ports:
        await found.answers(port)
    return found


async def persist(call: Any, seconds: float = 120) -> Any:
    """Repeats a call until it was answered, as every caller with a request id may."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with rpc_errors():
                return await call()
        except (UnavailableError, DeadlineExceededError):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)


@pytest.mark.proves("P4 P6", fault="F1", of="storage")
@pytest.mark.slow
async def test_every_log_is_gap_free_and_every_report_stored_once(deployment: Deployment) -> None:
    batches = 50
    async with deployment.client(deployment.ports[0]) as client:
        claims = [await client.start_run(ttl=600) for _ in range(4)]

    async def report(port: int, claim: Claim) -> None:
        async with deployment.client(port) as client:
            for number in range(batches):
                request = claim.report(*[str(number)] * 3)
                await persist(lambda request=request: client.events.AppendEvents(request))
                deployment.served[port] += 1
                # So that it takes longer than it takes to be killed twice.
                await asyncio.sleep(0.04)
            request_id = new_id()
            await persist(lambda: client.finish(claim, request_id=request_id))

    killing = asyncio.ensure_future(deployment.keep_killing())
    await asyncio.gather(
        *(report(deployment.ports[index % len(deployment.ports)], claim) for index, claim in enumerate(claims))
    )
    killing.cancel()
    kills = len(deployment.supervisor.processes) - len(deployment.ports)
    await asyncio.gather(killing, return_exceptions=True)
    port = deployment.ports[0]
    if not deployment.processes[port].running:
        deployment.start(port)
    await deployment.answers(port)
    async with deployment.client(port) as client:
        for claim in claims:
            events = await client.events_of(claim.run_id)
            assert [event.sequence for event in events] == list(range(1, 3 * batches + 5))
            lines = [event.log_recorded.message for event in events if event.HasField("log_recorded")]
            assert lines == [str(number) for number in range(batches) for _ in range(3)]
            assert events[-1].run_state_changed.state == SUCCEEDED
        feed = await client.events_of("")
        assert len(feed) == len(claims) * (3 * batches + 4)
    assert kills >= 2


@pytest.mark.proves("P6 P11", fault="F2", of="storage")
@pytest.mark.proves("P6 P11", fault="F6", of="storage")
@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
async def test_a_report_is_stored_once_whether_storage_dies_before_or_after_its_commit(
    deployment: Deployment, moment: str
) -> None:
    port = deployment.ports[0]
    async with deployment.client(port) as client:
        claim = await client.start_run(ttl=600)
        deployment.kill(port)
        deployment.start(port, faults=f"storage.{moment}.append_events=exit@2")
        await deployment.answers(port)
        first, second = claim.report("one"), claim.report("two")
        await persist(lambda: client.events.AppendEvents(first))
        dying = asyncio.ensure_future(persist(lambda: client.events.AppendEvents(second)))
        assert await asyncio.to_thread(deployment.processes[port].wait) == 137
        deployment.start(port)
        assert (await dying).last_sequence == 5
        lines = [event.log_recorded.message for event in await persist(lambda: client.events_of(claim.run_id))]
        assert [line for line in lines if line] == ["one", "two"]


@pytest.mark.proves("P7", fault="F1", of="storage")
@pytest.mark.slow
async def test_each_tick_is_committed_once_over_replicas_and_kills(deployment: Deployment) -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    moments, schedulers = 40, 4
    ref = InstigatorRef(location_name="etl", kind=1, name="nightly")

    def request(number: int, etag: str) -> CommitTickRequest:
        tick = Tick(ref=ref, result=1)
        tick.due_time.FromDatetime(start + timedelta(minutes=number))
        run = Run(run_id=new_id(), location_name="etl", job_name="numbers")
        run.origin.CopyFrom(RunOrigin(schedule_name="nightly", run_key=str(number)))
        return CommitTickRequest(request_id=new_id(), tick=tick, runs=[run], etag=etag)

    async def schedule(port: int, client: StorageClient) -> None:
        for number in range(moments):
            while True:
                known = (await persist(lambda: client.ticks.ListInstigators(ListInstigatorsRequest()))).instigators
                asked = request(number, known[0].etag if known else "")
                try:
                    await persist(lambda asked=asked: client.ticks.CommitTick(asked))
                    deployment.served[port] += 1
                    break
                except AbortedError:
                    continue

    killing = asyncio.ensure_future(deployment.keep_killing())
    ports = [deployment.ports[number % len(deployment.ports)] for number in range(schedulers)]
    channels = [open_aio_channel(f"127.0.0.1:{port}") for port in ports]
    clients = [StorageClient(channel) for channel in channels]
    await asyncio.gather(*map(schedule, ports, clients))
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)
    if not deployment.processes[deployment.ports[0]].running:
        deployment.start(deployment.ports[0])
    await deployment.answers(deployment.ports[0])
    page = await persist(lambda: clients[0].ticks.ListTicks(ListTicksRequest(ref=ref, page_size=500)))
    due = [tick.due_time.ToDatetime(timezone.utc) for tick in page.ticks]
    assert due == [start + timedelta(minutes=number) for number in reversed(range(moments))]
    made = [run_id for tick in page.ticks for run_id in tick.run_ids]
    assert len(made) == len(set(made)) == moments
    for run_id in made:
        assert len(await clients[0].events_of(run_id)) == 1
    for channel in channels:
        await channel.close()
