"""Wires the scheduler."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import grpc.aio

from headrace.api.scheduler.v1.scheduler_service_pb2_grpc import add_SchedulerServiceServicer_to_server
from headrace_services.kit.loops import Loop
from headrace_services.kit.service import Service, ServiceEnv
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.asking import Questions
from headrace_services.scheduler.automation.desk import AutomationDesk
from headrace_services.scheduler.automation.loop import LONGEST_SLEEP_SECONDS as LONGEST_AUTOMATION_SLEEP_SECONDS
from headrace_services.scheduler.automation.loop import AutomationLoop
from headrace_services.scheduler.automation.stubs import AssetStorage
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.committing import Committer
from headrace_services.scheduler.context import Scheduler
from headrace_services.scheduler.evaluation import Evaluator
from headrace_services.scheduler.events.assets import WatchedAssets
from headrace_services.scheduler.events.run_sensors import RunSensors
from headrace_services.scheduler.loop import LONGEST_SLEEP_SECONDS, TickLoop
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.mirror import Mirror
from headrace_services.scheduler.preparing import Preparer
from headrace_services.scheduler.servicer import SchedulerServicer
from headrace_services.scheduler.settings import SchedulerSettings
from headrace_services.scheduler.shards import RENEW_SECONDS, Shards
from headrace_services.scheduler.stubs import Storage

# Hints may be lost: what storage keeps is read again from time to time.
_REFRESH_SECONDS = 60.0


def build(env: ServiceEnv) -> Service:
    """Returns the scheduler, wired and not started."""
    storage = Storage(env.peers.channel("storage"))
    metrics = SchedulerMetrics(env.metrics)
    tasks = Tasks()
    book = Book(env.clock, metrics, lambda: tick_loop.wake())
    mirror = Mirror(book, storage, env.peers, env.clock, env.ids)
    shards = Shards(storage, f"scheduler/{env.ids.uuid7()}", env.clock, env.ids, lambda: renew_loop.wake())
    settings = SchedulerSettings.of(env.instance)
    questions, preparer = Questions(env.peers, settings), Preparer(env.peers, tasks)
    committer = Committer(storage, tasks, env.ids)
    evaluator = Evaluator(questions, preparer, committer, metrics, env.clock, env.ids, settings.automation_tags)
    assets = WatchedAssets(book, storage, metrics, env.clock, tasks)
    run_sensors = RunSensors(book, storage, evaluator, settings.max_tick_retries, metrics, env.clock, env.ids, tasks)
    ticks = TickLoop(settings, book, mirror, shards, evaluator, run_sensors, assets, metrics, env.clock, tasks)

    desk = AutomationDesk(
        AssetStorage(env.peers.channel("storage")),
        env.peers,
        env.clock,
        wake=lambda: automation_loop.wake(),
        backfills_changed=lambda: backfills_loop.wake(),
    )
    automation = AutomationLoop(
        settings.automation_on, desk, book, mirror, shards, evaluator, metrics, env.clock, tasks
    )
    scheduler = Scheduler(book, mirror, evaluator, env.clock, desk, assets)

    async def refresh(now: datetime) -> float | None:
        await mirror.refresh()
        return None

    async def tell_backfills(now: datetime) -> float | None:
        await desk.tell_backfills()
        return None

    tick_loop = Loop("ticks", ticks.tick, LONGEST_SLEEP_SECONDS)
    automation_loop = Loop("automation", automation.tick, LONGEST_AUTOMATION_SLEEP_SECONDS)
    renew_loop = Loop("shards", shards.renew, RENEW_SECONDS)
    backfills_loop = Loop("backfills under way", tell_backfills, _REFRESH_SECONDS)
    refresh_loop = Loop("instigators", refresh, _REFRESH_SECONDS)

    def add_servicers(server: grpc.aio.Server) -> None:
        add_SchedulerServiceServicer_to_server(SchedulerServicer(scheduler), server)

    async def start() -> None:
        tasks.spawn(mirror.follow(), "mirror")
        tasks.spawn(desk.backfills.follow(), "backfills under way")

    async def stop() -> None:
        desk.close()
        await tasks.stop()

    healthy = partial(env.peers.serves, "storage")
    return Service(
        "scheduler",
        add_servicers,
        (tick_loop, automation_loop, backfills_loop, renew_loop, refresh_loop),
        start,
        stop,
        healthy=healthy,
    )
