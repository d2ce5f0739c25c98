"""Whatever is asked of storage in whatever order, it answers as a model in memory does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from headrace.api.storage.v1 import lease_service_pb2 as lease
from headrace.api.storage.v1 import run_lease_service_pb2 as run_lease
from headrace.api.storage.v1 import run_queue_service_pb2 as run_queue
from headrace.api.storage.v1 import run_store_service_pb2 as run_store
from headrace.api.storage.v1 import tick_store_service_pb2 as tick_store
from headrace.api.storage.v1.asset_index_service_pb2 import ListAssetsRequest
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.instigator_pb2 import InstigatorRef, Tick
from headrace.api.types.v1.run_pb2 import Run, RunOrigin
from headrace.errors import FailedPreconditionError, HeadraceError, InvalidArgumentError, StaleEtagError
from headrace.rpc.status import rpc_errors
from headrace_services.storage.store.schema import metadata
from headrace_services.storage.store.transaction import Intent, Transaction
from rig.storage import (
    CANCELED,
    CANCELING,
    FAILED,
    QUEUED,
    RUNNING,
    STARTING,
    SUCCEEDED,
    Claim,
    OpenDatabase,
    StorageService,
    materialization,
    new_id,
    running_storage,
    seconds,
)
from rig.storage_model import OVER, Model, ModelRun

T = TypeVar("T")
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
REF = InstigatorRef(location_name="etl", kind=2, name="sensor")


class StorageMachine(RuleBasedStateMachine):
    """Asks a running storage and the model the same."""

    loop: asyncio.AbstractEventLoop
    service: StorageService

    runs = Bundle("runs")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.storage = self.service.client
        self.etag = ""
        self.wait(empty(self.service))

    def wait(self, call: Awaitable[T]) -> T:
        with rpc_errors():
            return self.loop.run_until_complete(asyncio.ensure_future(call, loop=self.loop))

    def refused(self, call: Awaitable[Any], error: type[HeadraceError]) -> None:
        with pytest.raises(error):
            self.wait(call)

    @rule(target=runs, priority=st.integers(-1, 1))
    def create(self, priority: int) -> str:
        run = Run(run_id=new_id(), location_name="etl", job_name="numbers", priority=priority)
        request = run_store.CreateRunRequest(request_id=new_id(), run=run)
        for _ in range(2):
            assert self.wait(self.storage.runs.CreateRun(request)).created
        self.model.create(run.run_id, priority)
        return run.run_id

    @rule(chosen=st.lists(runs, min_size=1, max_size=3, unique=True))
    def admit(self, chosen: list[str]) -> None:
        queued = [run_id for run_id in chosen if self.state(run_id) == QUEUED]
        admitted = self.wait(self.storage.admit(*chosen))
        assert sorted(run.run_id for run in admitted) == sorted(queued)
        for run_id in queued:
            self.move(run_id, STARTING)

    @rule()
    def claim_messages(self) -> None:
        for message in self.wait(self.storage.messages(ttl=3600)):
            order = message.launch_order
            run = self.model.runs[order.run_id]
            assert (run.state, run.attempt) == (STARTING, order.attempt)
            run.token = order.launch_token

    @rule(target=claims, run_id=runs)
    def claim(self, run_id: str) -> Claim:
        run = self.model.runs.get(run_id)
        if run is None or not run.token:
            return Claim("", 0, "", "")
        claiming = self.storage.claim(run_id, run.token, ttl=3600)
        if run.state != STARTING or run.ended:
            self.refused(claiming, FailedPreconditionError)
            return Claim("", 0, "", "")
        claim = self.wait(claiming)
        self.move(run_id, RUNNING)
        run.run_token = claim.run_token
        return claim

    @rule(claim=claims, kind=st.sampled_from(["next", "repeat", "skip"]), asset=st.sampled_from(["", "a", "b"]))
    def report(self, claim: Claim, kind: str, asset: str) -> None:
        run = self.model.runs.get(claim.run_id)
        if run is None:
            return
        batch = run.batch + {"next": 1, "repeat": 0, "skip": 2}[kind]
        events = [materialization(asset)] if asset else ["x", "y"]
        report = self.storage.events.AppendEvents(claim.report(*events, batch=max(1, batch)))
        if not run.may_report(claim.epoch, claim.run_token):
            self.refused(report, FailedPreconditionError)
        elif batch > run.batch + 1:
            self.refused(report, InvalidArgumentError)
        else:
            answer = self.wait(report)
            if max(1, batch) > run.batch:
                self.store_report(run, asset)
            assert (answer.last_sequence, answer.cancel_requested) == (len(run.events), run.state == CANCELING)

    def store_report(self, run: ModelRun, asset: str) -> None:
        run.batch += 1
        run.events += [asset] if asset else ["x", "y"]
        if asset:
            self.model.assets[asset] = self.model.assets.get(asset, 0) + 1
        self.model.log(run)

    @rule(run_id=runs, believed=st.sampled_from([QUEUED, RUNNING]), state=st.sampled_from([QUEUED, CANCELING, *OVER]))
    def transition(self, run_id: str, believed: int, state: int) -> None:
        run = self.model.runs.get(run_id)
        if run is None or state == believed:
            return
        moving = self.storage.move(run_id, believed, state, epoch=run.epoch)
        if run.state != believed:
            self.refused(moving, StaleEtagError)
        else:
            self.wait(moving)
            self.move(run_id, state)

    @rule(claim=claims, state=st.sampled_from([SUCCEEDED, FAILED, CANCELED]))
    def finish(self, claim: Claim, state: int) -> None:
        run = self.model.runs.get(claim.run_id)
        if run is None:
            return
        finishing = self.storage.finish(claim, state, or_from_state=CANCELING)
        if (run.epoch, run.run_token) != (claim.epoch, claim.run_token):
            self.refused(finishing, HeadraceError)
        else:
            self.wait(finishing)
            self.move(claim.run_id, state)

    @rule(run_id=runs)
    def end_lease(self, run_id: str) -> None:
        run = self.model.runs.get(run_id)
        if run is None or not run.token:
            return
        request = run_lease.ExpireRunLeaseRequest(request_id=new_id(), run_id=run_id, launch_token=run.token)
        expired = self.wait(self.storage.run_leases.ExpireRunLease(request)).expired
        assert expired == (not run.ended)
        run.ended = True

    @rule(run_id=runs)
    def delete(self, run_id: str) -> None:
        run = self.model.runs.get(run_id)
        if run is None:
            return
        deleting = self.storage.runs.DeleteRun(run_store.DeleteRunRequest(request_id=new_id(), run_id=run_id))
        if run.state in OVER:
            self.wait(deleting)
            self.model.delete(run_id)
        else:
            self.refused(deleting, FailedPreconditionError)

    @rule(minute=st.integers(0, 5), keys=st.lists(st.sampled_from("abc"), max_size=2), stale=st.booleans())
    def tick(self, minute: int, keys: list[str], stale: bool) -> None:
        tick = Tick(ref=REF, result=1)
        tick.due_time.FromDatetime(START + timedelta(minutes=minute))
        made = [
            Run(run_id=new_id(), location_name="etl", job_name="numbers", origin=RunOrigin(run_key=key)) for key in keys
        ]
        etag = "999" if stale else self.etag
        request = tick_store.CommitTickRequest(request_id=new_id(), tick=tick, runs=made, etag=etag)
        committing = self.storage.ticks.CommitTick(request)
        if minute in self.model.ticks:
            answer = self.wait(committing)
            assert (answer.committed, len(answer.tick.run_ids)) == (False, self.model.ticks[minute])
        elif stale:
            self.refused(committing, StaleEtagError)
        else:
            answer = self.wait(committing)
            self.etag = answer.instigator.etag
            self.commit_tick(minute, made)
            assert len(answer.tick.run_ids) == self.model.ticks[minute]

    def commit_tick(self, minute: int, made: list[Run]) -> None:
        before = len(self.model.runs)
        for run in made:
            if run.origin.run_key not in self.model.run_keys:
                self.model.run_keys.add(run.origin.run_key)
                self.model.create(run.run_id)
        self.model.ticks[minute] = len(self.model.runs) - before

    @rule(holder=st.sampled_from("xy"), give_back=st.booleans())
    def share_work(self, holder: str, give_back: bool) -> None:
        model = self.model
        request = lease.AcquireLeaseRequest(request_id=new_id(), resource="r", holder=holder, ttl=seconds(600))
        answer = self.wait(self.storage.leases.AcquireLease(request))
        if model.lease_holder in ("", holder):
            model.lease_holder, model.lease_epoch = holder, model.lease_epoch + 1
        assert (answer.acquired, answer.lease.holder, answer.lease.epoch) == (
            model.lease_holder == holder,
            model.lease_holder,
            model.lease_epoch,
        )
        if give_back and answer.acquired:
            release = lease.ReleaseLeaseRequest(resource="r", holder=holder, epoch=answer.lease.epoch)
            self.wait(self.storage.leases.ReleaseLease(release))
            model.lease_holder = ""

    @invariant()
    def queue_is_as_the_model_says(self) -> None:
        view = self.wait(self.storage.queue.GetQueue(run_queue.GetQueueRequest()))
        assert [run.run_id for run in view.queued_runs] == self.model.queue()
        assert {run.run_id for run in view.active_runs} == self.model.active()

    @precondition(lambda self: self.model.runs)
    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        run = self.model.runs[data.draw(st.sampled_from(sorted(self.model.runs)))]
        self.compare(run)

    def teardown(self) -> None:
        for run in self.model.runs.values():
            self.compare(run)
        feed = [(event.run_id, event.sequence) for event in self.wait(self.storage.events_of(""))]
        assert feed == self.model.feed
        found = self.wait(self.storage.assets.ListAssets(ListAssetsRequest())).assets
        assert {asset.asset_key.path[0]: asset.materialization_count for asset in found} == self.model.assets
        listed = self.wait(self.storage.runs.ListRuns(run_store.ListRunsRequest(page_size=500))).runs
        assert {run.run_id for run in listed} == set(self.model.runs)
        ticks = self.wait(self.storage.ticks.ListTicks(tick_store.ListTicksRequest(page_size=500))).ticks
        assert [tick.due_time.ToDatetime().minute for tick in ticks] == sorted(self.model.ticks, reverse=True)

    def compare(self, run: ModelRun) -> None:
        stored = self.wait(self.storage.get_run(run.run_id))
        assert (stored.state, stored.epoch, stored.attempt) == (run.state, run.epoch, run.attempt)
        assert stored.HasField("finish_time") == (run.state in OVER)
        events = self.wait(self.storage.events_of(run.run_id))
        assert [event.sequence for event in events] == list(range(1, len(run.events) + 1))
        assert list(map(told, events)) == run.events

    def state(self, run_id: str) -> int:
        run = self.model.runs.get(run_id)
        return run.state if run else 0

    def move(self, run_id: str, state: int) -> None:
        run = self.model.runs[run_id]
        run.move(state)
        self.model.log(run)


def told(event: Event) -> str:
    """What the model writes for an event."""
    detail = event.WhichOneof("detail")
    if detail == "run_state_changed":
        return f"{event.run_state_changed.previous_state}>{event.run_state_changed.state}"
    return event.asset_materialized.asset_key.path[0] if detail == "asset_materialized" else event.log_recorded.message


async def empty(service: StorageService) -> None:
    """Removes everything that was stored, so that one database does for all examples."""

    def remove(tx: Transaction) -> None:
        for table in metadata.sorted_tables:
            if table.name not in ("deployment", "queue"):
                tx.connection.execute(table.delete())

    await service.store.write(Intent("empty", remove))


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    # Calls are made where no coroutine runs, and look for it there.
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.mark.slow
def test_storage_answers_as_the_model_does(open_database: OpenDatabase, loop: asyncio.AbstractEventLoop) -> None:
    async def enter() -> tuple[Any, StorageService]:
        context = running_storage(open_database)
        return context, await context.__aenter__()

    context, running = loop.run_until_complete(enter())

    class Machine(StorageMachine):
        pass

    Machine.loop, Machine.service = loop, running
    few = settings(
        max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    try:
        run_state_machine_as_test(Machine, settings=few)
    finally:
        loop.run_until_complete(context.__aexit__(None, None, None))
