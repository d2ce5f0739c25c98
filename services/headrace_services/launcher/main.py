"""Wires the launcher."""

from __future__ import annotations

from functools import partial

import grpc.aio

from headrace.api.launcher.v1.launcher_service_pb2_grpc import add_LauncherServiceServicer_to_server
from headrace.api.storage.v1.run_queue_service_pb2 import WORK_KIND_OUTBOX, WatchWorkRequest, WatchWorkResponse
from headrace_services.kit.config.components import Custom
from headrace_services.kit.extend import RunLauncher, load_custom
from headrace_services.kit.follow import Follower
from headrace_services.kit.loops import Loop
from headrace_services.kit.service import Service, ServiceEnv
from headrace_services.kit.tasks import Tasks
from headrace_services.launcher.backends.base import Backend
from headrace_services.launcher.backends.custom import CustomBackend
from headrace_services.launcher.backends.process import ProcessBackend
from headrace_services.launcher.delivery import FALLBACK_SECONDS, DeliveryLoop
from headrace_services.launcher.metrics import LauncherMetrics
from headrace_services.launcher.reaper import Reaper
from headrace_services.launcher.servicer import LauncherServicer
from headrace_services.launcher.stubs import Storage
from headrace_services.launcher.workers import Workers


def build(env: ServiceEnv) -> Service:
    """Returns the launcher, wired and not started; an instance that asks for another engine was refused before.

    Raises:
        InvalidConfigError: the launcher that the deployment wrote cannot be loaded.
    """
    configured = env.instance.run_launcher
    own = load_custom(configured, RunLauncher) if isinstance(configured, Custom) else None  # type: ignore[type-abstract]
    backend: Backend = CustomBackend(own) if own else ProcessBackend(env.peers, env.addresses, env.clock)
    name = backend.kind
    storage = Storage(env.peers.channel("storage"))
    metrics = LauncherMetrics(env.metrics)
    workers = Workers(metrics)
    reaper = Reaper(backend, storage, workers, metrics, env.clock, env.ids)
    delivery = DeliveryLoop(
        name, f"launcher/{env.ids.uuid7()}", backend, storage, reaper, workers, metrics, env.clock, env.ids
    )
    loop = Loop("launch", delivery.tick, FALLBACK_SECONDS)
    tasks = Tasks()

    def add_servicers(server: grpc.aio.Server) -> None:
        add_LauncherServiceServicer_to_server(LauncherServicer(name, backend.kind, workers), server)

    async def hint(work: WatchWorkResponse) -> None:
        if work.kinds:
            loop.wake()

    follower = Follower(
        "launcher work",
        lambda cursor: storage.queue.WatchWork(WatchWorkRequest(kinds=(WORK_KIND_OUTBOX,), cursor=cursor)),
        hint,
        env.clock,
    )

    async def start() -> None:
        env.addresses.subscribe(reaper.set_address)
        for location, address in env.addresses.current().items():
            reaper.set_address(location, address)
        tasks.spawn(follower.run(), follower.name)

    async def stop() -> None:
        await tasks.stop()
        await delivery.stop()
        await reaper.stop()
        if own is not None:
            await own.close()

    healthy = partial(env.peers.serves, "storage")
    return Service("launcher", add_servicers, (loop,), start, stop, healthy=healthy)
