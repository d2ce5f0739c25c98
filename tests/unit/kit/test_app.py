"""Services composed into one process: started in order, reachable by each other, drained, with pages to look at."""

from __future__ import annotations

import asyncio
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from headrace import errors
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.server import build_server
from headrace.rpc.status import from_rpc_error, rpc_errors
from headrace.settings import Secret
from headrace_services.kit.app import App
from headrace_services.kit.config import InstanceConfig, NotAvailable
from headrace_services.kit.config.model import Auth
from headrace_services.kit.loops import Loop
from headrace_services.kit.service import Service, ServiceEnv
from rig.ports import free_port
from rig.probe import BlindRequest, Probe, ProbeRequest, ProbeResponse, ProbeStub
from rig.waiting import eventually


class Recorder:
    """Builds services that write down what happens to them."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.envs: dict[str, ServiceEnv] = {}
        self.probe = Probe()

    def build(self, name: str, **options: Any) -> Callable[[ServiceEnv], Service]:
        async def start() -> None:
            self.happened.append(f"start {name}")

        async def stop() -> None:
            self.happened.append(f"stop {name}")

        async def tick(now: Any) -> float | None:
            self.happened.append(f"tick {name}")
            return None

        def built(env: ServiceEnv) -> Service:
            self.envs[name] = env
            add = self.probe.add_to if name == "storage" else lambda server: None
            loops = (Loop(name, tick, 3600),)
            return Service(name, add, loops, **{"start": start, "stop": stop, **options})

        return built


def app_of(recorder: Recorder, home: Path, *names: str, instance: InstanceConfig | None = None, **options: Any) -> App:
    build = {name: recorder.build(name) for name in names or ("storage", "coordinator")}
    return App(
        instance or InstanceConfig(home),
        build | options.pop("build", {}),
        "127.0.0.1:0",
        web_listen=["127.0.0.1:0"],
        **options,
    )


async def get(url: str) -> tuple[int, str]:
    def fetch() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return await asyncio.to_thread(fetch)


async def test_services_start_in_order_and_stop_the_other_way_round(tmp_path: Path) -> None:
    recorder = Recorder()
    app = app_of(recorder, tmp_path)
    await app.start()
    await eventually(lambda: len(recorder.happened) == 4)
    await app.stop()
    assert recorder.happened == [
        "start storage",
        "start coordinator",
        "tick storage",
        "tick coordinator",
        "stop coordinator",
        "stop storage",
    ]


async def test_peers_of_one_process_and_clients_from_outside_reach_the_same_service(tmp_path: Path) -> None:
    recorder = Recorder()
    app = app_of(recorder, tmp_path)
    await app.start()
    peers = recorder.envs["coordinator"].peers
    assert peers.channel("storage") is peers.channel("storage")
    assert (await ProbeStub(peers.channel("storage")).GetProbe(ProbeRequest(text="in"))).text == "in"  # type: ignore[attr-defined]
    async with open_aio_channel(f"127.0.0.1:{app.port}") as channel:
        assert (await ProbeStub(channel).GetProbe(ProbeRequest(text="out"))).text == "out"  # type: ignore[attr-defined]
    assert 'code="OK",method="GetProbe"' in app.metrics.exposition().decode()
    await app.stop()


async def test_a_peer_elsewhere_is_reached_by_its_address(tmp_path: Path) -> None:
    far, near = Recorder(), Recorder()
    storage = app_of(far, tmp_path, "storage")
    await storage.start()
    from headrace_services.kit.config.services import ServiceAddress, ServicesConfig

    services = ServicesConfig(storage=ServiceAddress(listen=f"127.0.0.1:{storage.port}"))
    coordinator = app_of(near, tmp_path, "coordinator", instance=InstanceConfig(tmp_path, services=services))
    await coordinator.start()
    channel = near.envs["coordinator"].peers.channel("storage")
    assert (await ProbeStub(channel).GetProbe(ProbeRequest(text="far"))).text == "far"  # type: ignore[attr-defined]
    await coordinator.stop()
    await storage.stop()


async def test_pages_tell_metrics_health_and_what_services_mount(tmp_path: Path) -> None:
    async def console(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": f"console {scope['path']}".encode()})

    recorder = Recorder()
    app = app_of(recorder, tmp_path, "storage", build={"gateway": recorder.build("gateway", web={"/ui": console})})
    await app.start()
    base = f"http://127.0.0.1:{app.web_ports[0]}"
    code, text = await get(f"{base}/metrics")
    assert (code, "headrace_build_info" in text) == (200, True)
    assert await get(f"{base}/healthz") == (200, "ok\n")
    assert await get(f"{base}/ui/runs") == (200, "console /ui/runs")
    assert (await get(f"{base}/other"))[0] == 404
    await app.stop()


async def test_a_service_that_cannot_start_leaves_nothing_running(tmp_path: Path) -> None:
    async def fail() -> None:
        raise errors.StorageDownError("no database")

    recorder = Recorder()
    app = app_of(recorder, tmp_path, "storage", build={"coordinator": recorder.build("coordinator", start=fail)})
    with pytest.raises(errors.StorageDownError):
        await app.start()
    assert recorder.happened == ["start storage", "stop storage"]


async def test_a_port_in_use_is_told_before_anything_starts(tmp_path: Path) -> None:
    first = app_of(Recorder(), tmp_path)
    await first.start()
    recorder = Recorder()
    for listen, web in ((f"127.0.0.1:{first.port}", "127.0.0.1:0"), ("127.0.0.1:0", f"127.0.0.1:{first.web_ports[0]}")):
        second = App(InstanceConfig(tmp_path), {"storage": recorder.build("storage")}, listen, web_listen=[web])
        with pytest.raises(errors.FailedPreconditionError, match=r"cannot listen on 127\.0\.0\.1:\d+"):
            await second.start()
    assert recorder.happened == []
    await first.stop()


async def test_an_instance_that_cannot_run_here_is_refused(tmp_path: Path) -> None:
    instance = InstanceConfig(tmp_path, run_launcher=NotAvailable("k8s", "dagster_k8s.K8sRunLauncher", "k8s"))
    recorder = Recorder()
    with pytest.raises(errors.InvalidConfigError, match=r"run_launcher.*headrace\[k8s\]"):
        await app_of(recorder, tmp_path, instance=instance).start()
    assert recorder.happened == []


async def test_an_instance_with_a_token_wants_it_shown_by_everybody(tmp_path: Path) -> None:
    recorder = Recorder()
    app = app_of(recorder, tmp_path, instance=InstanceConfig(tmp_path, auth=Auth(Secret(value="t0ken"))))
    await app.start()
    peers = recorder.envs["coordinator"].peers
    assert (await ProbeStub(peers.channel("storage")).GetProbe(ProbeRequest(text="in"))).text == "in"  # type: ignore[attr-defined]
    async with open_aio_channel(f"127.0.0.1:{app.port}") as channel:
        with pytest.raises(errors.UnauthenticatedError), rpc_errors():
            await ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
    async with open_aio_channel(f"127.0.0.1:{app.port}", token="t0ken") as channel:
        assert (await ProbeStub(channel).GetProbe(ProbeRequest(text="x"))).text == "x"  # type: ignore[attr-defined]
    await app.stop()


async def test_a_code_location_is_not_shown_the_token(tmp_path: Path) -> None:
    shown: list[str] = []

    async def answer(request: Any, context: Any) -> Any:
        shown.extend(key for key, _ in context.invocation_metadata())
        return ProbeResponse()

    probe = Probe()
    probe.answers["GetProbe"] = answer
    location = build_server([probe.add_to], "127.0.0.1:0")
    await location.start()
    recorder = Recorder()
    app = app_of(recorder, tmp_path, instance=InstanceConfig(tmp_path, auth=Auth(Secret(value="t0ken"))))
    await app.start()
    peers = recorder.envs["coordinator"].peers
    await ProbeStub(peers.connect(str(location.address))).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
    assert "x-headrace-request-id" in shown
    assert "authorization" not in shown
    await peers.disconnect(str(location.address))
    await app.stop()
    await location.stop(0)


async def test_sigterm_drains_unary_calls_finish_and_streams_end_with_draining(tmp_path: Path) -> None:
    recorder = Recorder()
    finish = asyncio.Event()

    async def slow(request: Any, context: Any) -> Any:
        await finish.wait()
        return ProbeResponse(text="finished")

    async def watch(request: Any, context: Any) -> Any:
        yield ProbeResponse(text="open")
        await asyncio.Event().wait()

    recorder.probe.answers |= {"GetProbe": slow, "WatchProbe": watch}
    app = app_of(recorder, tmp_path)
    await app.start()
    running = asyncio.create_task(app.run_until_stopped())
    channel = open_aio_channel(f"127.0.0.1:{app.port}")
    stub: Any = ProbeStub(channel)
    stream, call = stub.WatchProbe(ProbeRequest()), stub.GetProbe(ProbeRequest())
    assert (await stream.read()).text == "open"
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stream.read()
    assert isinstance(from_rpc_error(caught.value), errors.DrainingError)
    assert not running.done()
    finish.set()
    assert (await call).text == "finished"
    await asyncio.wait_for(running, 30)
    assert recorder.happened[-2:] == ["stop coordinator", "stop storage"]
    await channel.close(None)


async def test_draining_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace_services.kit.app._UNARY_GRACE_SECONDS", 0.2)
    recorder = Recorder()

    async def never(request: Any, context: Any) -> Any:
        await asyncio.Event().wait()

    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("headrace_services.kit.app._STOP_SECONDS", 0.2)
    recorder.probe.answers["SendProbe"] = never
    app = app_of(recorder, tmp_path, "storage", build={"gateway": recorder.build("gateway", stop=hang)})
    await app.start()
    async with open_aio_channel(f"127.0.0.1:{app.port}") as channel:
        call = ProbeStub(channel).SendProbe(BlindRequest())  # type: ignore[attr-defined]
        await asyncio.wait_for(app.stop(), 30)
        with pytest.raises(grpc.aio.AioRpcError):
            await call
    assert recorder.happened[-1] == "stop storage"


async def test_a_stopped_process_leaves_its_port_to_the_next(tmp_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        app = App(InstanceConfig(tmp_path), {"storage": Recorder().build("storage")}, f"127.0.0.1:{port}")
        await app.start()
        await app.stop()
