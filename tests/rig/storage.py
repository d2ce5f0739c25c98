"""A storage service on a real server and a real database, with the calls that most tests begin with."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration

from headrace.api.storage.v1 import (
    asset_index_service_pb2_grpc,
    audit_service_pb2_grpc,
    backfill_store_service_pb2_grpc,
    event_log_service_pb2_grpc,
    lease_service_pb2_grpc,
    outbox_service_pb2_grpc,
    partition_store_service_pb2_grpc,
    pool_service_pb2_grpc,
    replica_service_pb2_grpc,
    run_lease_service_pb2_grpc,
    run_queue_service_pb2_grpc,
    run_store_service_pb2_grpc,
    step_store_service_pb2_grpc,
    tick_store_service_pb2_grpc,
)
from headrace.api.storage.v1 import event_log_service_pb2 as event_log
from headrace.api.storage.v1 import outbox_service_pb2 as outbox
from headrace.api.storage.v1 import run_lease_service_pb2 as run_lease
from headrace.api.storage.v1 import run_queue_service_pb2 as run_queue
from headrace.api.storage.v1 import run_store_service_pb2 as run_store
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event, LogRecorded
from headrace.api.types.v1.run_pb2 import Run
from headrace.clock import Clock, SystemClock
from headrace.errors import HeadraceError
from headrace.ids import RandomIds
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.server import build_server
from headrace.rpc.status import rpc_errors
from headrace_services.storage.main import add_servicers
from headrace_services.storage.store.database import Database
from headrace_services.storage.store.store import Store

QUEUED, STARTING, RUNNING, CANCELING, SUCCEEDED, FAILED, CANCELED = range(1, 8)

OpenDatabase = Callable[[Clock], Database]


class CommitLog:
    """Remembers how many intents shared each commit."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def committed(self, intents: int, seconds: float) -> None:
        self.batches.append(intents)


@contextmanager
def refused(error: type[HeadraceError], match: str | None = None) -> Iterator[pytest.ExceptionInfo[HeadraceError]]:
    """Expects the call in its block to be answered with an error."""
    with pytest.raises(error, match=match) as info, rpc_errors():
        yield info


def new_id() -> str:
    return str(uuid.uuid4())


def seconds(value: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(int(value * 1e9))
    return duration


def materialization(*path: str, partition_key: str = "") -> Event:
    return Event(
        step_key="step",
        attempt=1,
        asset_materialized=AssetMaterialized(asset_key=AssetKey(path=path), partition_key=partition_key),
    )


def log_event(text: str, step_key: str = "step") -> Event:
    return Event(step_key=step_key, attempt=1, log_recorded=LogRecorded(message=text))


@dataclass
class Claim:
    """A run that a worker holds."""

    run_id: str
    epoch: int
    run_token: str
    launch_token: str
    batch: int = 0

    def report(self, *events: Event | str, batch: int | None = None) -> event_log.AppendEventsRequest:
        """Returns the next batch, or one with the number that is given."""
        self.batch = self.batch + 1 if batch is None else batch
        return event_log.AppendEventsRequest(
            run_id=self.run_id,
            epoch=self.epoch,
            run_token=self.run_token,
            batch=self.batch,
            events=[log_event(event) if isinstance(event, str) else event for event in events],
        )


class StorageClient:
    """Stubs for every service of storage, and the steps of a run's life."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.runs: Any = run_store_service_pb2_grpc.RunStoreServiceStub(channel)
        self.audit: Any = audit_service_pb2_grpc.AuditServiceStub(channel)
        self.queue: Any = run_queue_service_pb2_grpc.RunQueueServiceStub(channel)
        self.run_leases: Any = run_lease_service_pb2_grpc.RunLeaseServiceStub(channel)
        self.outbox: Any = outbox_service_pb2_grpc.OutboxServiceStub(channel)
        self.events: Any = event_log_service_pb2_grpc.EventLogServiceStub(channel)
        self.ticks: Any = tick_store_service_pb2_grpc.TickStoreServiceStub(channel)
        self.assets: Any = asset_index_service_pb2_grpc.AssetIndexServiceStub(channel)
        self.backfills: Any = backfill_store_service_pb2_grpc.BackfillStoreServiceStub(channel)
        self.pools: Any = pool_service_pb2_grpc.PoolServiceStub(channel)
        self.steps: Any = step_store_service_pb2_grpc.StepStoreServiceStub(channel)
        self.partitions: Any = partition_store_service_pb2_grpc.PartitionStoreServiceStub(channel)
        self.replicas: Any = replica_service_pb2_grpc.ReplicaServiceStub(channel)
        self.leases: Any = lease_service_pb2_grpc.LeaseServiceStub(channel)

    async def create_run(self, run_id: str = "", **fields: Any) -> Run:
        run = Run(**{"run_id": run_id or new_id(), "location_name": "etl", "job_name": "numbers", **fields})
        answer = await self.runs.CreateRun(run_store.CreateRunRequest(request_id=new_id(), run=run))
        return answer.run

    async def get_run(self, run_id: str) -> Run:
        return (await self.runs.GetRun(run_store.GetRunRequest(run_id=run_id))).run

    async def admit(self, *run_ids: str, launcher: str = "local") -> Sequence[Run]:
        view = await self.queue.GetQueue(run_queue.GetQueueRequest())
        order = outbox.LaunchOrder(launcher_name=launcher, location_name="etl", job_name="numbers")
        answer = await self.queue.AdmitRuns(
            run_queue.AdmitRunsRequest(
                request_id=new_id(),
                version=view.version,
                admissions=[run_queue.Admission(run_id=run_id, launch_order=order) for run_id in run_ids],
            )
        )
        return answer.runs

    async def messages(
        self, launcher: str = "local", ttl: float = 30, most: int = 50
    ) -> Sequence[outbox.OutboxMessage]:
        answer = await self.outbox.ClaimMessages(
            outbox.ClaimMessagesRequest(
                request_id=new_id(), launcher_name=launcher, holder="test", max_messages=most, ttl=seconds(ttl)
            )
        )
        return answer.messages

    async def claim(self, run_id: str, launch_token: str, ttl: float = 15) -> Claim:
        answer = await self.run_leases.ClaimRun(
            run_lease.ClaimRunRequest(
                request_id=new_id(), run_id=run_id, launch_token=launch_token, worker="pid 1", ttl=seconds(ttl)
            )
        )
        return Claim(run_id, answer.run.epoch, answer.run_token, launch_token)

    async def start_run(self, run_id: str = "", ttl: float = 15, **fields: Any) -> Claim:
        """Makes a run and brings it as far as RUNNING."""
        run = await self.create_run(run_id, **fields)
        launcher = f"launcher-{run.run_id}"
        await self.admit(run.run_id, launcher=launcher)
        (message,) = await self.messages(launcher)
        return await self.claim(run.run_id, message.launch_order.launch_token, ttl)

    async def move(self, run_id: str, before: int, after: int, **fields: Any) -> Run:
        epoch = fields.pop("epoch", None)
        if epoch is None:
            epoch = (await self.get_run(run_id)).epoch
        request = run_store.CommitTransitionRequest(
            **{"request_id": new_id(), "run_id": run_id, "epoch": epoch, **fields}
        )
        request.from_state, request.to_state = before, after
        return (await self.runs.CommitTransition(request)).run

    async def finish(self, claim: Claim, state: int = SUCCEEDED, **fields: Any) -> Run:
        return await self.move(claim.run_id, RUNNING, state, epoch=claim.epoch, run_token=claim.run_token, **fields)

    async def events_of(self, run_id: str, **filters: Any) -> list[Event]:
        found: list[Event] = []
        token = ""
        while True:
            page = await self.events.ListEvents(
                event_log.ListEventsRequest(
                    filter=event_log.EventFilter(run_id=run_id, **filters), page_token=token, page_size=1000
                )
            )
            found += page.events
            token = page.next_page_token
            if not token:
                return found

    def watch(self, run_id: str = "", cursor: str = "", from_now: bool = False, **filters: Any) -> Any:
        return self.events.WatchEvents(
            event_log.WatchEventsRequest(
                filter=event_log.EventFilter(run_id=run_id, **filters), cursor=cursor, from_now=from_now
            )
        )


@dataclass
class StorageService:
    """A running service."""

    client: StorageClient
    store: Store
    commits: CommitLog
    address: str


@asynccontextmanager
async def running_storage(
    open_database: OpenDatabase, clock: Clock | None = None, patience_seconds: float = 0.0
) -> AsyncIterator[StorageService]:
    """Runs a storage service in this process, on a port of its own."""
    clock, commits = clock or SystemClock(), CommitLog()
    store = Store(lambda: open_database(clock), clock, RandomIds(), commits, patience_seconds=patience_seconds)
    server = build_server([lambda server: add_servicers(server, store)], "127.0.0.1:0")
    await store.start()
    await server.start()
    address = f"127.0.0.1:{server.port}"
    channel = open_aio_channel(address)
    try:
        yield StorageService(StorageClient(channel), store, commits, address)
    finally:
        await channel.close()
        await server.drain()
        await server.stop(1)
        await store.stop()
