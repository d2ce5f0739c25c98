"""Workers as Celery tasks: a real Redis, a real Celery worker."""

from __future__ import annotations

import asyncio

import pytest

from headrace_codeloc.engines.base import (
    DEPLOYMENT,
    KIND,
    LAUNCHER,
    RUN_ID,
    EngineUnavailableError,
    HopelessWorkloadError,
    Layer,
)
from headrace_codeloc.engines.celery import SETTINGS
from rig.broker import start_celery_worker
from rig.kubernetes.workloads import python, watching
from rig.length import at_length
from rig.ports import free_port
from rig.processes import Supervisor
from rig.redis import start_redis
from rig.waiting import wait_until_async

PATIENT = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(3)));"
    "open({path!r}, 'w').write('ready'); time.sleep(600)"
)


def _selector(request: pytest.FixtureRequest) -> dict[str, str]:
    return {KIND: "run", DEPLOYMENT: request.node.name, LAUNCHER: "celery"}


@pytest.mark.parametrize(
    ("code", "kind", "detail"),
    [
        ("print('done')", "normal", "its process ended without finishing"),
        (
            "import sys; print('no luck', flush=True); sys.exit(7)",
            "code",
            "its process ended with code 7; it wrote: no luck",
        ),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "signal",
            "its process was ended by SIGKILL: the machine may have been out of memory",
        ),
    ],
    ids=["normal", "code", "signal"],
)
async def test_the_end_of_a_process_is_told(open_engine, celery_world, request, code, kind, detail) -> None:
    engine = open_engine(celery_world.redis.url)
    wanted = python(code, labels=_selector(request), environment={"PLAIN": "x"}, secrets={"TOKEN": "y"})
    async with watching(engine, _selector(request)) as watched:
        assert await engine.start(wanted)
        end = await watched.end_of(wanted)
    assert (end.kind, end.detail, end.labels) == (kind, detail, wanted.labels)


@at_length
async def test_variables_reach_the_process_and_no_log(open_engine, celery_world, request) -> None:
    code = "import os; raise SystemExit(0 if os.environ['TOKEN'] == 'quite-' + 'secret' else 9)"
    engine = open_engine(celery_world.redis.url)
    wanted = python(code, labels=_selector(request), secrets={"TOKEN": "quite-secret"})
    async with watching(engine, _selector(request)) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"
    assert "quite-secret" not in celery_world.worker.output()


@at_length
async def test_ends_that_nobody_watched_wait(open_engine, celery_world, request) -> None:
    engine = open_engine(celery_world.redis.url)
    several = [python("pass", labels=_selector(request)) for _ in range(5)]
    for each in several:
        await engine.start(each)

    async def none_runs() -> bool:
        return not await engine.find(_selector(request))

    await wait_until_async(none_runs, 30)
    async with watching(engine, _selector(request)) as watched:
        for each in several:
            assert (await watched.end_of(each)).kind == "normal"


@at_length
async def test_an_end_that_was_not_taken_is_told_again(open_engine, celery_world, request) -> None:
    engine = open_engine(celery_world.redis.url)
    wanted = python("pass", labels=_selector(request))
    async with watching(engine, _selector(request)) as watched:
        watched.refuse = 1
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"


@pytest.mark.parametrize(("kill", "kind"), [(False, "code"), (True, "signal")])
@at_length
async def test_processes_are_ended(open_engine, celery_world, request, tmp_path, kill: bool, kind: str) -> None:
    engine, path = open_engine(celery_world.redis.url), tmp_path / "ready"
    wanted = python(PATIENT.format(path=str(path)), labels=_selector(request))
    async with watching(engine, _selector(request)) as watched:
        await engine.start(wanted)

        async def is_ready() -> bool:
            return path.exists()

        await wait_until_async(is_ready, 30)
        assert [(each.name, each.alive) for each in await engine.find({RUN_ID: wanted.name})] == [(wanted.name, True)]
        await engine.stop({RUN_ID: wanted.name}, kill=kill)
        assert (await watched.end_of(wanted)).kind == kind
    assert not await engine.find({RUN_ID: wanted.name})


async def test_an_order_that_another_process_has_is_nobodys_end(open_engine, celery_world, request) -> None:
    engine = open_engine(celery_world.redis.url)
    refused, after = (
        python("raise SystemExit(76)", labels=_selector(request)),
        python("pass", labels=_selector(request)),
    )
    async with watching(engine, _selector(request)) as watched:
        await engine.start(refused)
        await engine.start(after)
        await watched.end_of(after)
    assert [each.name for each in watched.ends] == [after.name]


async def test_tags_choose_the_queue(open_engine, celery_world, request) -> None:
    engine = open_engine(celery_world.redis.url, default_queue="nobody-takes-from-it")
    layer = Layer("tags", SETTINGS.layer_of_tags({"dagster-celery/queue": "other", "dagster-celery/priority": "9"}))
    wanted = python("pass", labels=_selector(request), layers=[layer])
    async with watching(engine, _selector(request)) as watched:
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"


@at_length
async def test_a_broker_that_is_away_is_told_and_waited_for(open_engine, supervisor: Supervisor, request) -> None:
    port = free_port()
    engine = open_engine(f"redis://127.0.0.1:{port}/0")
    wanted = python("pass", labels=_selector(request))
    async with watching(engine, _selector(request)) as watched:
        with pytest.raises(EngineUnavailableError, match=rf"the broker at redis://127.0.0.1:{port}/0 does not answer"):
            await engine.start(wanted)
        redis = start_redis(supervisor, port=port)
        start_celery_worker(supervisor, redis.url, "-c", "1")
        await engine.start(wanted)
        assert (await watched.end_of(wanted)).kind == "normal"


async def test_a_wrong_password_is_told_without_it(open_engine, celery_world) -> None:
    url = celery_world.redis.url.replace("hush-hush", "wrong-one")
    with pytest.raises(
        HopelessWorkloadError, match="does not let us in: .*correct the user and password in broker"
    ) as caught:
        await open_engine(url).start(python("pass"))
    assert "wrong-one" not in str(caught.value)


@at_length
async def test_fifty_are_taken_on_and_none_is_lost(open_engine, celery_world, request) -> None:
    engine = open_engine(celery_world.redis.url)
    several = [python("pass", labels=_selector(request)) for _ in range(50)]
    async with watching(engine, _selector(request)) as watched:
        await asyncio.gather(*(engine.start(each) for each in several))
        for each in several:
            assert (await watched.end_of(each)).kind == "normal"
    assert len(watched.ends) == len(several)
