"""What is done while processes break; each ends only when everything has come right."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from google.protobuf.duration_pb2 import Duration

from faults.bench import Bench
from headrace.api.gateway.v1.asset_service_pb2 import ReportAssetEventsRequest
from headrace.api.gateway.v1.asset_service_pb2_grpc import AssetServiceStub
from headrace.api.gateway.v1.run_service_pb2 import DeleteRunRequest
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceStub
from headrace.api.gateway.v1.schedule_service_pb2 import TriggerScheduleRequest
from headrace.api.gateway.v1.schedule_service_pb2_grpc import ScheduleServiceStub
from headrace.api.storage.v1.lease_service_pb2 import AcquireLeaseRequest, ReleaseLeaseRequest
from headrace.api.storage.v1.lease_service_pb2_grpc import LeaseServiceStub
from headrace.api.storage.v1.step_store_service_pb2 import (
    ClaimStepRequest,
    OrderStepRequest,
    ReportStepRequest,
    StepHolder,
    WatchStepsRequest,
    WatchStepsResponse,
)
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event
from headrace.api.types.v1.step_pb2 import StepEnd, StepOrder
from headrace.client.backfills import Backfill
from headrace.client.client import Client
from headrace.client.runs import Run
from headrace.errors import AbortedError, DeadlineExceededError, HeadraceError, InternalError, UnavailableError
from headrace.rpc.channel import open_aio_channel, open_channel
from headrace.rpc.status import rpc_errors
from rig.storage import StorageClient, log_event
from rig.waiting import wait_until, wait_until_async

T = TypeVar("T")
NOT_NOW: tuple[type[HeadraceError], ...] = (UnavailableError, DeadlineExceededError, InternalError, AbortedError)
PATIENCE = 120.0
# Long enough for a lease to be renewed.
STEP_SECONDS = 1.6
STEPS = {"slow": ("patient",), "slow_in_processes": ("one", "two")}


def insist(call: Callable[[], T], what: str) -> T:
    """Calls until there is an answer."""
    return wait_until(lambda: (call(),), PATIENCE, what, retry_on=NOT_NOW)[0]


def insist_on(call: Callable[[], T], what: str) -> T:
    """Calls a stub until there is an answer."""

    def once() -> T:
        with rpc_errors(what):
            return call()

    return insist(once, what)


async def insist_on_async(call: Callable[[], Awaitable[T]], what: str) -> T:
    """Calls an asynchronous stub until there is an answer."""

    async def once() -> tuple[T]:
        with rpc_errors(what):
            return (await call(),)

    return (await wait_until_async(once, PATIENCE, what, retry_on=NOT_NOW))[0]


def submit(client: Client, seconds: float = STEP_SECONDS, job_name: str = "slow_in_processes") -> str:
    """Submits a run, under one request id however often it is repeated."""
    request_id = str(uuid.uuid4())
    config = {"ops": {step: {"config": {"seconds": seconds}} for step in STEPS[job_name]}}
    return insist(lambda: client.submit_job(job_name, run_config=config, request_id=request_id).run_id, "a submission")


def ended(client: Client, run_id: str) -> Run:
    """Returns a run when it is over."""

    def look() -> Run | None:
        run = client.get_run(run_id)
        return run if run.finish_time is not None else None

    run = wait_until(look, PATIENCE, f"the end of run {run_id}", retry_on=NOT_NOW)
    assert run is not None
    return run


def run(bench: Bench) -> None:
    """A run is submitted and ends well."""
    with bench.cluster.client() as client:
        done = ended(client, submit(client))
    assert done.succeeded, done


def run_in_worker(bench: Bench) -> None:
    """A run whose steps are executed by its worker itself is submitted and ends well."""
    with bench.cluster.client() as client:
        done = ended(client, submit(client, job_name="slow"))
    assert done.succeeded, done


def lost_worker(bench: Bench) -> None:
    """The worker of a run is killed, and another one does its work."""
    with bench.cluster.client() as client:
        run_id = submit(client)
        worker = wait_until(lambda: bench.worker_of(run_id), PATIENCE, "user code of the run")
        os.kill(worker, signal.SIGKILL)
        done = ended(client, run_id)
    assert done.succeeded and done.attempt >= 2, done


def sensor(bench: Bench) -> None:
    """A sensor is switched on, asks for runs, and is switched off again."""
    # Whoever still holds the lease on evaluating it would not ask for it.
    wait_until(lambda: not bench.scheduler_leases(), PATIENCE, what="the end of leases")
    with bench.cluster.client() as client:
        before = int(insist(lambda: client.sensors.get("thoughtful"), "the sensor").cursor or 0)
        insist(lambda: client.sensors.start("thoughtful"), "switching on")
        wait_until(
            lambda: int(client.sensors.get("thoughtful").cursor or 0) >= before + 2,
            PATIENCE,
            what="two ticks",
            retry_on=NOT_NOW,
        )
        insist(lambda: client.sensors.stop("thoughtful"), "switching off")


def told(bench: Bench) -> None:
    """A run ends well, and the sensor that watches such runs is told of it once."""
    with bench.cluster.client() as client:
        run_id = submit(client, job_name="slow")
        assert ended(client, run_id).succeeded
    made = wait_until(
        lambda: bench.survey().run_keys.get(("follower", run_id)), PATIENCE, what="the run that the sensor asks for"
    )
    ticks = [tick for tick in bench.survey().ticks if tick.name == "follower"]
    assert [tick.run_ids for tick in ticks if made in tick.run_ids] == [(made,)]
    assert not [tick for tick in ticks if tick.repeated_run_keys]


def schedule(bench: Bench) -> None:
    """A schedule is evaluated by hand, by a client that repeats its request until it is answered."""
    request = TriggerScheduleRequest(request_id=str(uuid.uuid4()), schedule_name="yearly")
    before = len(bench.survey().ticks)
    with open_channel(bench.cluster.target) as channel:
        stub = ScheduleServiceStub(channel)
        answers = [insist_on(lambda: stub.TriggerSchedule(request), "an answer") for _ in range(2)]
    [tick] = bench.survey().ticks[before:]
    assert [tuple(answer.tick.run_ids) for answer in answers] == [tick.run_ids] * 2


def pooled(bench: Bench) -> None:
    """A pool is given a limit, and two runs whose steps are in it end well, one after the other."""
    with bench.cluster.client() as client:
        insist(lambda: client.pools.set_limit("tight", 1), "a limit")
        run_ids = [insist(lambda key=key: launch(client, "pooled", key), "a submission") for key in new_keys(2)]
        assert all(ended(client, run_id).succeeded for run_id in run_ids)


def backfill(bench: Bench) -> None:
    """A backfill makes each partition once; another one is canceled, and comes to an end."""
    with bench.cluster.client() as client:
        first, second = (
            insist(lambda key=key: begin(client, key), "a backfill").backfill_id  # type: ignore[misc]
            for key in new_keys(2)
        )
        insist(lambda: client.backfills.cancel(second), "its cancel")
        done = over(client, first)
        assert over(client, second).is_over
    assert (done.succeeded, done.run_count) == (True, 3), done
    made = [run for run in bench.survey().runs if run.tags.get("headrace/backfill") == first]
    assert sorted(run.tags["headrace/partition"] for run in made) == ["a", "b", "c"]


def changes(bench: Bench) -> None:
    """What clients change besides runs is changed, by clients that repeat their requests until they are answered."""
    with bench.cluster.client() as client:
        run_id = submit(client, seconds=0.0)
        insist(lambda: client.add_run_tags(run_id, {"seen": "yes"}), "a tag")
        assert ended(client, run_id).tags["seen"] == "yes"
        insist(lambda: client.partitions.add("letters", ["a", "b"]), "keys")
        assert insist(lambda: client.partitions.list("letters"), "keys") == ["a", "b"]
        report(bench.cluster.target)
        insist(lambda: client.assets.wipe("outside"), "forgetting")


def report(target: str) -> None:
    """Tells of an asset that was made outside."""
    request_id = str(uuid.uuid4())
    event = Event(asset_materialized=AssetMaterialized(asset_key=AssetKey(path=["outside"])))
    event.event_time.GetCurrentTime()
    request = ReportAssetEventsRequest(request_id=request_id, events=[event])
    with open_channel(target) as channel:
        insist_on(lambda: AssetServiceStub(channel).ReportAssetEvents(request), "a report")


def new_keys(count: int) -> list[str]:
    """Returns request ids."""
    return [str(uuid.uuid4()) for _ in range(count)]


def launch(client: Client, job_name: str, request_id: str) -> str:
    """Submits a run without configuration."""
    return client.submit_job(job_name, request_id=request_id).run_id


def begin(client: Client, request_id: str) -> Backfill:
    """Begins a backfill of all partitions."""
    return client.backfills.create(job_name="by_letter", whole=True, request_id=request_id)


def over(client: Client, backfill_id: str) -> Backfill:
    """Returns a backfill when it is over."""

    def look() -> Backfill | None:
        found = client.backfills.get(backfill_id)
        return found if found.is_over else None

    found = wait_until(look, PATIENCE, f"the end of backfill {backfill_id}", retry_on=NOT_NOW)
    assert found is not None
    return found


def housekeeping(bench: Bench) -> None:
    """Storage starts, and forgets what its time is up for; the others tell it again and again that they are there."""
    wait_until(lambda: not bench.missing(), PATIENCE, what="storage being started as often as it breaks")


def audited(bench: Bench) -> None:
    """Who changed what is kept, although storage breaks while it is told."""
    with bench.cluster.client() as client:
        before = {entry.entry_id for entry in insist(lambda: client.access.audit(limit=100), "the audit")}
        submit(client, seconds=0.0)

        def noted() -> bool:
            return any(entry.entry_id not in before for entry in client.access.audit(limit=1))

        wait_until(noted, PATIENCE, what="the entry of the call", retry_on=NOT_NOW)


def removal(bench: Bench) -> None:
    """A run that is over is removed, by a client that repeats its request until it is answered."""
    with bench.cluster.client() as client:
        run_id = submit(client, seconds=0.0)
        assert ended(client, run_id).succeeded
    request = DeleteRunRequest(request_id=str(uuid.uuid4()), run_id=run_id)
    with open_channel(bench.cluster.target) as channel:
        insist_on(lambda: RunServiceStub(channel).DeleteRun(request), "its removal")
    assert run_id not in {each.run_id for each in bench.survey().runs}


def release(bench: Bench) -> None:
    """A lease is released before its time is up, and given to somebody else."""
    ttl = Duration(seconds=60)
    resource = f"test/{uuid.uuid4()}"
    with open_channel(bench.cluster.addresses["storage"]) as channel:
        stub = LeaseServiceStub(channel)
        first = AcquireLeaseRequest(request_id=str(uuid.uuid4()), resource=resource, holder="first", ttl=ttl)
        lease = insist_on(lambda: stub.AcquireLease(first), "a lease").lease
        give_back = ReleaseLeaseRequest(resource=resource, holder="first", epoch=lease.epoch)
        insist_on(lambda: stub.ReleaseLease(give_back), "its release")
        second = AcquireLeaseRequest(request_id=str(uuid.uuid4()), resource=resource, holder="second", ttl=ttl)
        assert insist_on(lambda: stub.AcquireLease(second), "the lease of another").acquired


def apart(bench: Bench) -> None:
    """A step is ordered, claimed, reported and followed, by workers that are on nobody's machine."""
    asyncio.run(_step_apart(bench.cluster.addresses["storage"]))


async def _step_apart(address: str) -> None:
    channel = open_aio_channel(address)
    storage = StorageClient(channel)
    run = await insist_on_async(lambda: storage.start_run(ttl=PATIENCE), "a run")
    step = StepHolder(
        run_id=run.run_id, epoch=run.epoch, run_token=run.run_token, step_key=f"step-{run.run_id}", attempt=1
    )
    ordered = OrderStepRequest(request_id=str(uuid.uuid4()), step=step, order=StepOrder())
    await insist_on_async(lambda: storage.steps.OrderStep(ordered), "the order of a step")
    claimed = ClaimStepRequest(request_id=str(uuid.uuid4()), step=step, worker="elsewhere")
    await insist_on_async(lambda: storage.steps.ClaimStep(claimed), "the claim of a step")
    said = log_event("once", step.step_key)
    report = ReportStepRequest(request_id=claimed.request_id, step=step, batch=1, events=[said], end=StepEnd())
    for _ in range(2):
        await insist_on_async(lambda: storage.steps.ReportStep(report), "a report of a step")
    holder = StepHolder(run_id=run.run_id, epoch=run.epoch, run_token=run.run_token)

    async def follow() -> WatchStepsResponse:
        watch = storage.steps.WatchSteps(WatchStepsRequest(holder=holder))
        news: WatchStepsResponse = await watch.read()
        watch.cancel()
        return news

    (attempt,) = (await insist_on_async(follow, "news of the step")).attempts
    assert attempt.HasField("end")
    told = await insist_on_async(lambda: storage.events_of(run.run_id, kinds=["log_recorded"]), "its events")
    assert [each.step_key for each in told] == [step.step_key]
    await insist_on_async(lambda: storage.finish(run), "the end of the run")
    await channel.close(None)


SCENARIOS: Mapping[str, Callable[[Bench], None]] = {
    each.__name__: each
    for each in (
        run,
        run_in_worker,
        lost_worker,
        sensor,
        told,
        schedule,
        pooled,
        backfill,
        changes,
        audited,
        housekeeping,
        removal,
        release,
        apart,
    )
}
