"""Wires the launcher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import grpc.aio

from headrace.api.launcher.v1.launcher_service_pb2_grpc import add_LauncherServiceServicer_to_server
from headrace.api.storage.v1.run_queue_service_pb2 import WORK_KIND_OUTBOX, WatchWorkRequest, WatchWorkResponse
from headrace_services.kit.follow import Follower
from headrace_services.kit.loops import Loop
from headrace_services.kit.service import Service, ServiceEnv
from headrace_services.kit.tasks import Tasks
from headrace_services.launcher.backends.base import Backend
from headrace_services.launcher.backends.configured import configured_backends
from headrace_services.launcher.delivery import FALLBACK_SECONDS, DeliveryLoop
from headrace_services.launcher.metrics import LauncherMetrics
from headrace_services.launcher.reaper import Reaper
from headrace_services.launcher.servicer import LauncherServicer
from headrace_services.launcher.stubs import Storage
from headrace_services.launcher.workers import Workers


@dataclass(frozen=True)
class _Launcher:
    """One of the launchers of this process: what carries its orders out, and what watches its workers."""

    name: str
    backend: Backend
    reaper: Reaper
    delivery: DeliveryLoop
    loop: Loop


def build(env: ServiceEnv) -> Service:
    """Returns the launcher, wired and not started; an instance that asks for what is not there was refused before.

    Raises:
        InvalidConfigError: an engine cannot be had with what the instance says, or a launcher that the deployment wrote.
    """
    storage = Storage(env.peers.channel("storage"))
    metrics = LauncherMetrics(env.metrics)
    workers = Workers(metrics)
    launchers = _launchers(env, storage, workers, metrics)
    default = launchers[0]
    tasks = Tasks()

    def add_servicers(server: grpc.aio.Server) -> None:
        add_LauncherServiceServicer_to_server(LauncherServicer(default.name, default.backend.kind, workers), server)

    async def hint(work: WatchWorkResponse) -> None:
        if work.kinds:
            for each in launchers:
                each.loop.wake()

    follower = Follower(
        "launcher work",
        lambda cursor: storage.queue.WatchWork(WatchWorkRequest(kinds=(WORK_KIND_OUTBOX,), cursor=cursor)),
        hint,
        env.clock,
    )

    async def start() -> None:
        for each in launchers:
            env.addresses.subscribe(each.reaper.set_address)
            for location, address in env.addresses.current().items():
                each.reaper.set_address(location, address)
            # An engine is watched from the beginning, whether a location is there or not.
            each.reaper.watch("")
        tasks.spawn(follower.run(), follower.name)

    async def stop() -> None:
        await tasks.stop()
        for each in launchers:
            await each.delivery.stop()
            await each.reaper.stop()
            await each.backend.close()

    healthy = partial(env.peers.serves, "storage")
    loops = tuple(each.loop for each in launchers)
    return Service("launcher", add_servicers, loops, start, stop, healthy=healthy)


def _launchers(env: ServiceEnv, storage: Storage, workers: Workers, metrics: LauncherMetrics) -> Sequence[_Launcher]:
    """Returns all launchers, the default one first."""
    holder = f"launcher/{env.ids.uuid7()}"
    backends = configured_backends(env)
    found: list[_Launcher] = []
    for name, backend in backends.items():
        reaper = Reaper(backend, storage, workers, metrics, env.clock, env.ids)
        delivery = DeliveryLoop(name, holder, backend, storage, reaper, workers, metrics, env.clock, env.ids)
        loop = Loop("launch" if not found else f"launch {name}", delivery.tick, FALLBACK_SECONDS)
        found.append(_Launcher(name, backend, reaper, delivery, loop))
    return found
