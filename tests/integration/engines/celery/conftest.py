from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from headrace_codeloc.engines.celery import SETTINGS
from headrace_codeloc.engines.celery.engine import CeleryEngine
from rig.broker import start_celery_worker
from rig.processes import SupervisedProcess, Supervisor
from rig.redis import RedisServer, start_redis


@dataclass
class CeleryWorld:
    redis: RedisServer
    worker: SupervisedProcess


@pytest.fixture(scope="module")
def celery_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CeleryWorld]:
    supervisor = Supervisor(tmp_path_factory.mktemp("celery"))
    try:
        redis = start_redis(supervisor, password="hush-hush")
        yield CeleryWorld(redis, start_celery_worker(supervisor, redis.url, "-c", "4", "-q", "headrace", "-q", "other"))
    finally:
        supervisor.close()


OpenEngine = Callable[..., CeleryEngine]


@pytest_asyncio.fixture
async def open_engine() -> AsyncIterator[OpenEngine]:
    opened: list[CeleryEngine] = []

    def open_one(broker: str, **more: Any) -> CeleryEngine:
        opened.append(CeleryEngine(SETTINGS.of({"broker": broker, **more}, "run_launcher.config")))
        return opened[-1]

    yield open_one
    for engine in opened:
        await engine.close()
