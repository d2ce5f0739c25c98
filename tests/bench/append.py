"""Measures how many events per second storage takes through gRPC, in batches of 100, on SQLite and on PostgreSQL.

python tests/bench/append.py [--seconds 5] [--writers 8]

PostgreSQL is the rig's server with its durable settings put back: a figure without fsync would say nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc
from google.protobuf.duration_pb2 import Duration

from headrace.api.storage.v1 import event_log_service_pb2 as log
from headrace.api.storage.v1 import outbox_service_pb2 as outbox
from headrace.api.storage.v1 import run_lease_service_pb2 as lease
from headrace.api.storage.v1 import run_queue_service_pb2 as queue
from headrace.api.storage.v1 import run_store_service_pb2 as store
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceStub
from headrace.api.storage.v1.outbox_service_pb2_grpc import OutboxServiceStub
from headrace.api.storage.v1.run_lease_service_pb2_grpc import RunLeaseServiceStub
from headrace.api.storage.v1.run_queue_service_pb2_grpc import RunQueueServiceStub
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.run_pb2 import Run
from headrace.ids import RandomIds

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig import run_directory
from rig.ports import free_port
from rig.postgres import DURABLE, start_server
from rig.processes import Supervisor

BATCH = 100
LIMIT = 20_000
LAUNCHER = "bench"
CALL_TIMEOUT = 10.0


class Writers:
    """Claims runs and appends to them, one batch in flight per run."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.runs = RunStoreServiceStub(channel)
        self.queue = RunQueueServiceStub(channel)
        self.leases = RunLeaseServiceStub(channel)
        self.outbox = OutboxServiceStub(channel)
        self.log = EventLogServiceStub(channel)

    async def claim(self, count: int) -> list[lease.ClaimRunResponse]:
        """Takes runs through their life up to the claim of a worker."""
        ids = RandomIds()
        for _ in range(count):
            run = Run(run_id=ids.uuid7(), location_name="bench", job_name="bench")
            await self.runs.CreateRun(store.CreateRunRequest(request_id=ids.uuid7(), run=run), timeout=CALL_TIMEOUT)
        waiting = await self.queue.GetQueue(queue.GetQueueRequest(max_queued_runs=count), timeout=CALL_TIMEOUT)
        order = outbox.LaunchOrder(launcher_name=LAUNCHER, location_name="bench", job_name="bench")
        admissions = [queue.Admission(run_id=run.run_id, launch_order=order) for run in waiting.queued_runs]
        await self.queue.AdmitRuns(
            queue.AdmitRunsRequest(request_id=ids.uuid7(), version=waiting.version, admissions=admissions),
            timeout=CALL_TIMEOUT,
        )
        claimed = await self.outbox.ClaimMessages(
            outbox.ClaimMessagesRequest(
                request_id=ids.uuid7(), launcher_name=LAUNCHER, holder="bench", max_messages=count, ttl=minutes(1)
            ),
            timeout=CALL_TIMEOUT,
        )
        return [await self._claim_run(message.launch_order) for message in claimed.messages]

    async def _claim_run(self, order: outbox.LaunchOrder) -> lease.ClaimRunResponse:
        request = lease.ClaimRunRequest(
            request_id=str(uuid.uuid4()),
            run_id=order.run_id,
            launch_token=order.launch_token,
            worker="bench",
            ttl=minutes(10),
        )
        return await self.leases.ClaimRun(request, timeout=CALL_TIMEOUT)

    async def append(self, claim: lease.ClaimRunResponse, until: float) -> int:
        """Appends batch after batch and returns how many events were acknowledged."""
        events = [event(number) for number in range(BATCH)]
        batch = 0
        while time.perf_counter() < until:
            batch += 1
            request = log.AppendEventsRequest(
                run_id=claim.run.run_id, epoch=claim.run.epoch, run_token=claim.run_token, batch=batch, events=events
            )
            await self.log.AppendEvents(request, timeout=CALL_TIMEOUT)
        return batch * BATCH


def event(number: int) -> Event:
    """An event as workers write most of them: a line of a log."""
    made = Event(step_key="load_customers", attempt=1, skippable=True)
    made.event_time.GetCurrentTime()
    made.log_recorded.message = f"row {number}: 200 customers loaded from the export of the day before"
    return made


def minutes(count: int) -> Duration:
    """A lease long enough for the measurement."""
    return Duration(seconds=60 * count)


async def events_per_second(target: str, writers: int, seconds: float) -> float:
    """Appends with several writers at once and divides."""
    async with grpc.aio.insecure_channel(target) as channel:
        await asyncio.wait_for(channel.channel_ready(), 20)
        side = Writers(channel)
        claims = await side.claim(writers)
        begin = time.perf_counter()
        counts = await asyncio.gather(*(side.append(claim, begin + seconds) for claim in claims))
        return sum(counts) / (time.perf_counter() - begin)


def measure(storage: str, writers: int, seconds: float) -> float:
    """Starts a storage service of its own in a home of its own and measures it."""
    with TemporaryDirectory(prefix="headrace-bench-") as directory:
        home = Path(directory)
        target = f"127.0.0.1:{free_port()}"
        (home / "headrace.yaml").write_text(f"{storage}\nservices:\n  storage: {{listen: '{target}'}}\n")
        supervisor = Supervisor(home)
        try:
            supervisor.headrace("serve", "storage", env={"HEADRACE_HOME": directory})
            return asyncio.run(events_per_second(target, writers, seconds))
        finally:
            supervisor.close()


def main() -> None:
    """Prints a line per database; fails if one is too slow."""
    parser = argparse.ArgumentParser(description="Measure event appends.")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--writers", type=int, default=8)
    arguments = parser.parse_args()
    run_directory.begin()
    server = start_server(run_directory.run_directory(), DURABLE)
    databases = {
        "SQLite": "",
        "PostgreSQL": f"storage:\n  postgres:\n    postgres_url: {server.create_database()}",
    }
    rates = {name: measure(text, arguments.writers, arguments.seconds) for name, text in databases.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f} events/s appended, batches of {BATCH}, {arguments.writers} writers")
    if min(rates.values()) < LIMIT:
        sys.exit(f"bench: fewer than {LIMIT:,} events/s")


if __name__ == "__main__":
    main()
