"""Workers as ECS tasks, which are containers of a real Docker engine."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from headrace_codeloc.engines.base import KIND, LOCATION, RUN_ID, EngineUnavailableError, HopelessWorkloadError, Layer
from headrace_codeloc.engines.ecs import SETTINGS
from headrace_codeloc.engines.ecs.engine import EcsEngine
from rig.docker import DockerHost, shared_engine
from rig.ecs import CREDENTIALS, Ecs, start_ecs
from rig.kubernetes.workloads import watching, workload
from rig.length import at_length
from rig.ports import free_port
from rig.processes import Supervisor
from rig.waiting import wait_until_async


@pytest.fixture(scope="module")
def ecs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ecs]:
    supervisor = Supervisor(tmp_path_factory.mktemp("ecs"))
    try:
        yield start_ecs(supervisor, DockerHost(shared_engine(), "ecs"))
    finally:
        supervisor.close()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


OpenEngine = Callable[..., EcsEngine]


@pytest_asyncio.fixture
async def open_engine(ecs: Ecs, tmp_path: Path) -> AsyncIterator[OpenEngine]:
    opened: list[EcsEngine] = []

    def open_one(**more: Any) -> EcsEngine:
        opened.append(EcsEngine(SETTINGS.of(ecs.config(tmp_path, **more), "run_launcher.config")))
        return opened[-1]

    yield open_one
    for engine in opened:
        await engine.close()


def python(code: str, **more: Any) -> Any:
    return workload(sys.executable, "-c", code, labels={LOCATION: "etl of ours"}, **more)


@pytest.mark.parametrize(
    ("code", "kind", "detail"),
    [
        ("pass", "normal", "its task ended without finishing"),
        ("raise SystemExit(7)", "code", "its task ended with code 7"),
        ("raise SystemExit(137)", "signal", "its task was ended by SIGKILL"),
    ],
    ids=["normal", "code", "signal"],
)
async def test_the_end_of_a_task_is_told(open_engine, code, kind, detail) -> None:
    engine, wanted = open_engine(), python(code)
    async with watching(engine, {KIND: "run", RUN_ID: wanted.name}) as watched:
        assert await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert (end.kind, end.detail) == (kind, detail)
    assert end.labels == wanted.labels


@at_length
async def test_variables_reach_the_task(open_engine) -> None:
    code = "import os; raise SystemExit(0 if [os.environ[n] for n in ('PLAIN', 'TOKEN', 'MODE')] == ['a', 'b', 'c'] else 9)"
    wanted = python(
        code, environment={"PLAIN": "a"}, secrets={"TOKEN": "b"}, layers=[Layer("x", {"env_vars": ["MODE=c"]})]
    )
    engine = open_engine()
    async with watching(engine, {RUN_ID: wanted.name}) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"


@at_length
async def test_tasks_are_found_and_ended(open_engine, tmp_path: Path) -> None:
    engine = open_engine()
    wanted = python(f"open({str(tmp_path / 'ready')!r}, 'w'); import time; time.sleep(600)")
    async with watching(engine, {RUN_ID: wanted.name}) as watched:
        await engine.start(wanted)

        async def is_ready() -> bool:
            return (tmp_path / "ready").exists()

        await wait_until_async(is_ready, 30)
        assert [(each.name, each.alive) for each in await engine.find({RUN_ID: wanted.name})] == [(wanted.name, True)]
        await engine.stop({RUN_ID: wanted.name}, kill=False)
        end = await watched.end_of(wanted)
    assert "its task was stopped: the run is to end" in end.detail
    await engine.stop({RUN_ID: wanted.name}, kill=True)


@at_length
async def test_an_end_that_nobody_watched_is_told_later(open_engine) -> None:
    engine, wanted = open_engine(), python("raise SystemExit(4)")
    await engine.start(wanted)

    async def over() -> bool:
        return not any(each.alive for each in await engine.find({RUN_ID: wanted.name}))

    await wait_until_async(over, 30)
    async with watching(engine, {RUN_ID: wanted.name}) as watched:
        end = await watched.end_of(wanted)
    assert (end.kind, end.remembered) == ("code", True)


async def test_an_image_that_cannot_be_pulled_is_told(open_engine) -> None:
    engine, wanted = open_engine(), python("pass", image="localhost:1/no-such-image:1")
    async with watching(engine, {RUN_ID: wanted.name}) as watched:
        await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert end.kind == "not_started"
    assert end.detail.startswith("its task could not be started: ")
    assert "unable to pull" in end.detail
    assert "; see that execution_role_arn may read" in end.detail


async def test_definitions_are_registered_once(open_engine, ecs: Ecs) -> None:
    prefix = f"once-{os.getpid()}"
    for _ in range(2):
        engine = open_engine(task_definition_prefix=prefix)
        await engine.start(python("pass"))
    families = ecs.client().list_task_definitions(familyPrefix="")["taskDefinitionArns"]
    assert len([each for each in families if f"/{prefix}-etl-of-ours-" in each]) == 1


async def test_a_task_definition_that_does_not_exist_is_told(open_engine) -> None:
    engine = open_engine(task_definition="nobody-registered-it")
    with pytest.raises(HopelessWorkloadError, match=r"ECS could not start task .*nobody-registered-it"):
        await engine.start(python("pass"))


async def test_wrong_keys_are_told() -> None:
    engine = EcsEngine(
        SETTINGS.of(
            {"region_name": "eu-central-1", "endpoint_url": f"http://127.0.0.1:{free_port()}", "image": "x"}, "x"
        )
    )
    with pytest.raises(EngineUnavailableError, match="ECS could not start task"):
        await engine.start(python("pass"))
    await engine.close()
