"""The Docker engine on a real one: what the launcher and executors rely on."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import Engine, HopelessWorkloadError, Layer, Workload, WorkloadEnd
from headrace_codeloc.engines.known import ENGINES
from rig.docker import IMAGE, DockerHost
from rig.waiting import eventually, wait_until_async


def labels(host: DockerHost) -> dict[str, str]:
    return {"headrace/test": host.run}


def workload(host: DockerHost, name: str, script: str, *layers: Layer, **fields: Any) -> Workload:
    return Workload(
        f"{name}-{host.run}",
        ("/bin/sh", "-c", script),
        {"GREETING": "hello"},
        labels=labels(host),
        layers=layers,
        **fields,
    )


@asynccontextmanager
async def opened(host: DockerHost, **config: Any) -> AsyncIterator[Engine]:
    engine = ENGINES["docker"].open({"image": IMAGE, "container_kwargs": host.kwargs(), **config}, "run_launcher")
    try:
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def watched(engine: Engine, host: DockerHost) -> AsyncIterator[list[WorkloadEnd]]:
    ends: list[WorkloadEnd] = []

    async def ended(end: WorkloadEnd) -> None:
        ends.append(end)

    task = asyncio.create_task(engine.watch(labels(host), ended))
    try:
        yield ends
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_end_is_told_in_words_and_nothing_is_left(docker_host: DockerHost) -> None:
    async with opened(docker_host) as engine, watched(engine, docker_host) as ends:
        await engine.start(workload(docker_host, "well", 'test "$GREETING" = hello'))
        await engine.start(workload(docker_host, "badly", "echo no such table >&2; exit 3"))
        await engine.start(workload(docker_host, "killed", "exec sleep 60"))
        await eventually(lambda: len(ends) >= 2, 20)
        await engine.stop({**labels(docker_host)}, kill=True)
        await eventually(lambda: len(ends) == 3, 20)
        told = {end.name.partition("-")[0]: end for end in ends}
        assert told["well"].kind == "normal"
        assert (told["badly"].kind, told["badly"].detail) == (
            "code",
            "its container ended with code 3; it wrote: no such table",
        )
        assert told["badly"].labels["headrace/test"] == docker_host.run
        await wait_until_async(lambda: gone(engine, docker_host), 10, "containers being removed")


async def gone(engine: Engine, host: DockerHost) -> bool:
    return not await engine.find(labels(host))


async def test_a_repeated_order_starts_one_container(docker_host: DockerHost) -> None:
    async with opened(docker_host) as one, opened(docker_host) as other:
        order = workload(docker_host, "once", "sleep 60")
        assert sorted(await asyncio.gather(one.start(order), other.start(order))) == [False, True]
        assert [each.alive for each in await one.find(labels(docker_host))] == [True]


async def test_what_ended_while_nobody_watched_is_told_first(docker_host: DockerHost) -> None:
    async with opened(docker_host) as engine:
        await engine.start(workload(docker_host, "early", "exit 4"))
        await wait_until_async(lambda: ended_one(engine, docker_host), 10, "the container's end")
    async with opened(docker_host) as engine, watched(engine, docker_host) as ends:
        await eventually(lambda: ends, 10)
        assert (ends[0].kind, ends[0].remembered) == ("code", True)


async def ended_one(engine: Engine, host: DockerHost) -> bool:
    return [each.alive for each in await engine.find(labels(host))] == [False]


async def test_steps_that_nobody_came_back_for_are_removed_by_the_next_who_watches(
    docker_host: DockerHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that lost its worker for good leaves the containers of its steps, where the launcher knows no Docker."""
    deployment = {"headrace/deployment": docker_host.run}
    async with opened(docker_host) as engine, opened(docker_host, keep_failed=True) as keeping:
        for name, of, kind, script in (
            ("left", engine, "step", "exit 1"),
            ("kept", keeping, "step", "exit 1"),
            ("alive", engine, "step", "exec sleep 60"),
            ("run", engine, "run", "exit 1"),
        ):
            own = labels(docker_host) | deployment | {"headrace/kind": kind, "headrace/run-id": name}
            await of.start(replace(workload(docker_host, name, script), labels=own))
        await wait_until_async(lambda: alive_are(engine, docker_host, 1), 10, "three of the containers ending")
        monkeypatch.setattr("headrace_codeloc.engines.docker.containers._ABANDONED_SECONDS", -5.0)
        watch = asyncio.create_task(engine.watch(deployment | {"headrace/run-id": "another"}, unheard))
        await wait_until_async(lambda: known_are(engine, docker_host, {"kept", "alive", "run"}), 10, "the removal")
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def unheard(end: WorkloadEnd) -> None:
    raise AssertionError(f"{end.name} is no business of this watch")


async def alive_are(engine: Engine, host: DockerHost, count: int) -> bool:
    return sum(each.alive for each in await engine.find(labels(host))) == count


async def known_are(engine: Engine, host: DockerHost, names: set[str]) -> bool:
    return {each.name.partition("-")[0] for each in await engine.find(labels(host))} == names


async def test_a_container_that_needs_too_much_memory_says_so(docker_host: DockerHost) -> None:
    limited = Layer("the tag headrace/docker", {"container_kwargs": {"mem_limit": "24m", "memswap_limit": "24m"}})
    greedy = "exec /usr/bin/head -c 200000000 /dev/zero | /usr/bin/tail"
    async with opened(docker_host) as engine, watched(engine, docker_host) as ends:
        await engine.start(workload(docker_host, "greedy", greedy, limited))
        await eventually(lambda: ends, 20)
        assert ends[0].kind == "oom"
        assert "container_kwargs.mem_limit" in ends[0].detail


async def test_an_end_is_told_again_to_who_could_not_take_it(docker_host: DockerHost) -> None:
    told: list[str] = []

    async def ended(end: WorkloadEnd) -> None:
        told.append(end.name)
        if len(told) == 1:
            raise RuntimeError("storage is away")

    async with opened(docker_host) as engine:
        task = asyncio.create_task(engine.watch(labels(docker_host), ended))
        await engine.start(workload(docker_host, "twice", "exit 1"))
        await eventually(lambda: len(told) == 2, 20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"image": "nowhere.invalid/team/etl:7"}, "nowhere.invalid/team/etl:7 is not on the engine"),
        ({"container_kwargs": {"volumes": ["/a:/b:sometimes"]}}, "invalid mode"),
        ({"network": "no_such_network"}, "no_such_network"),
        ({"container_kwargs": {"volums": []}}, "'volums'; correct container_kwargs"),
        ({"container_kwargs": {"mem_limit": "lots"}}, "should specify the units.*; correct container_kwargs"),
        ({"container_kwargs": {"mem_limit": "1k"}}, "Minimum memory limit allowed"),
        ({"env_vars": ["NOT_SET_ANYWHERE"]}, "env_vars names NOT_SET_ANYWHERE, which is not set here"),
        ({"imagee": "x"}, "imagee"),
        ({"base_url": "tcp://elsewhere"}, "only the launcher or executor itself can say this"),
    ],
)
async def test_a_hopeless_order_says_why_and_leaves_nothing(
    docker_host: DockerHost, layer: dict[str, Any], message: str
) -> None:
    async with opened(docker_host) as engine:
        with pytest.raises((HopelessWorkloadError, InvalidConfigError), match=message):
            await engine.start(workload(docker_host, "hopeless", "exit 0", Layer("the location", layer)))
        assert not await engine.find(labels(docker_host))


async def test_an_unknown_program_is_hopeless_and_leaves_nothing(docker_host: DockerHost) -> None:
    order = Workload(f"lost-{docker_host.run}", ("/no/such/program",), {}, labels=labels(docker_host))
    async with opened(docker_host) as engine:
        with pytest.raises(HopelessWorkloadError, match="no such file"):
            await engine.start(order)
        assert not await engine.find(labels(docker_host))


async def test_a_socket_that_is_not_for_this_user_says_who_may_use_it(
    docker_host: DockerHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    # Root may do everything: nothing but the kernel's answer can be put in its place here.
    async with opened(docker_host) as engine:
        with (
            monkeypatch.context() as patched,
            pytest.raises(HopelessWorkloadError, match="this process may not use Docker at unix://.*group"),
        ):
            patched.setattr(socket.socket, "connect", refuse)
            await engine.start(workload(docker_host, "refused", "exit 0"))


# The client lets go of a socket that was never connected only when it is collected.
@pytest.mark.filterwarnings("ignore:.*unclosed.*:pytest.PytestUnraisableExceptionWarning")
async def test_an_engine_that_is_away_says_where_it_was_looked_for() -> None:
    engine = ENGINES["docker"].open({"base_url": "unix:///no/such/docker.sock", "image": "x"}, "run_launcher")
    with pytest.raises(Exception, match=r"Docker does not answer at unix:///no/such/docker\.sock"):
        await engine.start(Workload("w", ("true",), {}))
    await engine.close()
    del engine
    gc.collect()


def test_settings_that_docker_does_not_know_are_refused_with_the_place() -> None:
    with pytest.raises(InvalidConfigError, match=r"run_launcher\.netwrok.*network"):
        ENGINES["docker"].open({"netwrok": "x"}, "run_launcher")
