"""Wires the coordinator."""

from __future__ import annotations

from functools import partial

import grpc.aio

from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import add_CoordinatorServiceServicer_to_server
from headrace.api.storage.v1.run_queue_service_pb2 import (
    WORK_KIND_BACKFILL,
    WORK_KIND_OVERDUE,
    WORK_KIND_POOL,
    WORK_KIND_QUEUE,
    WatchWorkRequest,
    WatchWorkResponse,
)
from headrace.api.worker.v1.step_service_pb2_grpc import add_StepServiceServicer_to_server
from headrace.api.worker.v1.worker_service_pb2_grpc import add_WorkerServiceServicer_to_server
from headrace_services.coordinator.backfills.loop import FALLBACK_SECONDS as BACKFILL_FALLBACK_SECONDS
from headrace_services.coordinator.backfills.loop import BackfillLoop
from headrace_services.coordinator.context import Coordinator
from headrace_services.coordinator.locations import LocationRegistry
from headrace_services.coordinator.locations.keeper import LocationKeeper
from headrace_services.coordinator.metrics import PoolMetrics, RunMetrics
from headrace_services.coordinator.queue.admission import FALLBACK_SECONDS, AdmissionLoop
from headrace_services.coordinator.queue.policy import policy_of
from headrace_services.coordinator.queue.pool_desk import FALLBACK_SECONDS as POOL_FALLBACK_SECONDS
from headrace_services.coordinator.queue.pool_desk import PoolDesk
from headrace_services.coordinator.retries.automatic import retry_to_come
from headrace_services.coordinator.runs.monitor import MonitorLoop
from headrace_services.coordinator.servicer import CoordinatorServicer
from headrace_services.coordinator.settings import CoordinatorSettings
from headrace_services.coordinator.step_servicer import StepServicer
from headrace_services.coordinator.stubs import Storage
from headrace_services.coordinator.worker_servicer import WorkerServicer
from headrace_services.kit.follow import Follower
from headrace_services.kit.loops import Loop
from headrace_services.kit.service import Service, ServiceEnv
from headrace_services.kit.tasks import Tasks

_KINDS = (WORK_KIND_QUEUE, WORK_KIND_OVERDUE, WORK_KIND_POOL, WORK_KIND_BACKFILL)


def build(env: ServiceEnv) -> Service:
    """Returns the coordinator, wired and not started."""
    settings = CoordinatorSettings.of(env.instance)
    storage = Storage(env.peers.channel("storage"))
    registry = LocationRegistry(env.ids.uuid7())
    keeper = LocationKeeper(registry, env)
    metrics = RunMetrics(env.metrics)
    refuse = policy_of(env.instance)
    admission = AdmissionLoop(settings, storage, registry, metrics, env.ids, refuse)
    queue_loop = Loop("queue", admission.tick, FALLBACK_SECONDS)
    desk = PoolDesk(storage, env.clock, env.ids, PoolMetrics(env.metrics))
    pool_loop = Loop("pools", desk.tick, POOL_FALLBACK_SECONDS)
    coordinator = Coordinator(
        settings, storage, env.peers, registry, keeper, metrics, env.clock, env.ids, queue_loop.wake, desk, refuse
    )
    monitor = MonitorLoop(
        settings, storage, registry, metrics, env.ids, partial(retry_to_come, coordinator=coordinator)
    )
    monitor_loop = Loop("monitor", monitor.tick, settings.monitor_seconds)
    backfills = BackfillLoop(coordinator, settings.backfills_at_once)
    backfill_loop = Loop("backfills", backfills.tick, BACKFILL_FALLBACK_SECONDS)
    tasks = Tasks()

    def add_servicers(server: grpc.aio.Server) -> None:
        add_CoordinatorServiceServicer_to_server(CoordinatorServicer(coordinator), server)
        add_WorkerServiceServicer_to_server(WorkerServicer(coordinator), server)
        add_StepServiceServicer_to_server(StepServicer(coordinator), server)

    async def hint(work: WatchWorkResponse) -> None:
        if WORK_KIND_QUEUE in work.kinds:
            queue_loop.wake()
        if WORK_KIND_OVERDUE in work.kinds:
            monitor_loop.wake()
        if WORK_KIND_BACKFILL in work.kinds:
            backfill_loop.wake()
        if WORK_KIND_POOL in work.kinds:
            pool_loop.wake()
            if admission.waits_for_pools:
                queue_loop.wake()

    follower = Follower(
        "coordinator work",
        lambda cursor: storage.queue.WatchWork(WatchWorkRequest(kinds=_KINDS, cursor=cursor)),
        hint,
        env.clock,
    )

    async def start() -> None:
        # A run may wait for its location alone.
        registry.subscribe(queue_loop.wake)
        keeper.start()
        tasks.spawn(follower.run(), follower.name)

    async def stop() -> None:
        await tasks.stop()
        await keeper.stop()

    loops = (queue_loop, monitor_loop, pool_loop, backfill_loop)
    healthy = partial(env.peers.serves, "storage")
    return Service("coordinator", add_servicers, loops, start, stop, healthy=healthy, drain=desk.drain)
