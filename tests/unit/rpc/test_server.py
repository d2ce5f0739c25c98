"""A server: health, reflection, ports, tokens, encryption, Unix sockets, limits of what it accepts."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from headrace import errors
from headrace.api.types.v1.role_pb2 import ROLE_VIEWER
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.methods import Method
from headrace.rpc.scope import Caller, CallScope, current_caller
from headrace.rpc.server import build_server
from headrace.rpc.serving import Serving
from headrace.rpc.status import rpc_errors
from headrace.rpc.tls import Tls
from rig.ports import free_port
from rig.probe import SERVICE, Probe, ProbeRequest, ProbeResponse, ProbeStub

SERVING, NOT_SERVING = 1, 2


async def test_health_says_what_is_so() -> None:
    server = build_server([Probe().add_to], "127.0.0.1:0")
    await server.start(healthy=False)
    async with open_aio_channel(str(server.address)) as channel:
        health = health_pb2_grpc.HealthStub(channel)

        async def state(service: str) -> int:
            return (await health.Check(health_pb2.HealthCheckRequest(service=service))).status

        assert [await state(""), await state(SERVICE)] == [NOT_SERVING, NOT_SERVING]
        await server.set_health(True)
        assert [await state(""), await state(SERVICE)] == [SERVING, SERVING]
        await server.set_health(False, SERVICE)
        assert [await state(""), await state(SERVICE)] == [SERVING, NOT_SERVING]
        await server.drain()
        assert await state("") == NOT_SERVING
    await server.stop(0)


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_services_and_describes_them(version: str) -> None:
    server = build_server([Probe().add_to], "127.0.0.1:0")
    await server.start()
    async with open_aio_channel(str(server.address)) as channel:
        info = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )
        requests = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE),
        ]
        listed, described = [response async for response in info(iter(requests))]
    names = [each.name for each in listed.list_services_response.service]
    assert {SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"} <= set(names)
    assert b"WatchProbe" in described.file_descriptor_response.file_descriptor_proto[0]
    await server.stop(0)


async def test_a_port_in_use_is_named_with_a_remedy() -> None:
    first = build_server([], "127.0.0.1:0")
    await first.start()
    with pytest.raises(
        errors.FailedPreconditionError, match=rf"cannot listen on 127\.0\.0\.1:{first.port}.*another address"
    ):
        build_server([], f"127.0.0.1:{first.port}")
    await first.stop(0)


async def test_a_unix_socket_serves(tmp_path: Path) -> None:
    server = build_server([Probe().add_to], f"unix:{tmp_path}/s")
    await server.start()
    async with open_aio_channel(f"unix:{tmp_path}/s") as channel:
        assert (await ProbeStub(channel).GetProbe(ProbeRequest(text="hi"))).text == "hi"  # type: ignore[attr-defined]
    await server.stop(0)


async def test_a_method_that_a_servicer_leaves_out_is_unimplemented() -> None:
    server = build_server(
        [lambda added: health_pb2_grpc.add_HealthServicer_to_server(_Nothing(), added)], "127.0.0.1:0"
    )
    await server.start()
    async with open_aio_channel(str(server.address)) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        with pytest.raises(errors.UnimplementedError, match="Health/Check"), rpc_errors():
            await health.Check(health_pb2.HealthCheckRequest())
        with pytest.raises(errors.UnimplementedError, match="Health/Watch"), rpc_errors():
            await health.Watch(health_pb2.HealthCheckRequest()).read()
    await server.stop(0)


async def test_a_service_that_is_missing_behind_the_one_that_was_called_is_named() -> None:
    probe, missing = Probe(), f"127.0.0.1:{free_port()}"

    async def pass_on(request: Any, context: Any) -> Any:
        async with open_aio_channel(missing) as behind:
            return await ProbeStub(behind).CreateProbe(request)  # type: ignore[attr-defined]

    probe.answers["CreateProbe"] = pass_on
    server = build_server([probe.add_to], "127.0.0.1:0")
    await server.start()
    async with open_aio_channel(str(server.address)) as channel:
        with (
            pytest.raises(errors.UnavailableError, match=f"behind .* nothing answers at {missing}") as caught,
            rpc_errors(),
        ):
            await ProbeStub(channel).CreateProbe(ProbeRequest(text="hi"))  # type: ignore[attr-defined]
    assert not isinstance(caught.value, errors.NotAnsweringError)
    await server.stop(0)


class _Nothing(health_pb2_grpc.HealthServicer):
    """Leaves every method to its generated base."""


class NamedToken:
    """Knows one caller by a token, who may read, and writes down how calls were answered."""

    def __init__(self) -> None:
        self.answered: list[str] = []

    async def authenticate(self, method: Method, metadata: Mapping[str, str | bytes]) -> Caller:
        if metadata.get("authorization") != "Bearer right":
            raise errors.UnauthenticatedError("show the token")
        return Caller("ada", ROLE_VIEWER)

    def authorize(self, method: Method, caller: Caller) -> None:
        if method.name == "CreateProbe":
            raise errors.PermissionDeniedError("viewers only look")

    def call_answered(self, method: Method, scope: CallScope, request: Any, code: str) -> None:
        self.answered.append(f"{scope.caller.name} {method.name} {code}")


async def test_who_calls_is_found_out_and_known_to_the_servicer() -> None:
    probe = Probe()

    async def answer(request: Any, context: Any) -> Any:
        return ProbeResponse(text=f"{current_caller().name} {current_caller().role}")

    probe.answers["GetProbe"] = answer
    door = NamedToken()
    server = build_server([probe.add_to], "127.0.0.1:0", serving=Serving(authenticator=door, auditor=door))
    await server.start()
    tokens = iter(["right", "right"])
    async with open_aio_channel(str(server.address), token=lambda: next(tokens)) as channel:
        stub: Any = ProbeStub(channel)
        assert (await stub.GetProbe(ProbeRequest())).text == f"ada {ROLE_VIEWER}"
        with pytest.raises(errors.PermissionDeniedError), rpc_errors():
            await stub.CreateProbe(ProbeRequest())
    assert door.answered == ["ada GetProbe OK", "ada CreateProbe PERMISSION_DENIED"]
    async with open_aio_channel(str(server.address), token="wrong") as channel:
        with pytest.raises(errors.UnauthenticatedError, match="show the token"), rpc_errors():
            await ProbeStub(channel).GetProbe(ProbeRequest())  # type: ignore[attr-defined]
        assert (await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())).status == SERVING
    await server.stop(0)


@pytest.fixture
def certificates(tmp_path: Path) -> Tls:
    """A certificate that is its own authority, as both sides use it."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {cert}"
    subprocess.run([*command.split(), "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return Tls(ca_file=cert, cert_file=cert, key_file=key)


async def test_both_sides_prove_who_they_are(certificates: Tls) -> None:
    server = build_server([Probe().add_to], "127.0.0.1:0", tls=certificates)
    await server.start()
    target = f"localhost:{server.port}"
    async with open_aio_channel(target, tls=certificates) as channel:
        assert (await ProbeStub(channel).GetProbe(ProbeRequest(text="hi"))).text == "hi"  # type: ignore[attr-defined]
    without_certificate = Tls(ca_file=certificates.ca_file)
    async with open_aio_channel(target, tls=without_certificate) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await ProbeStub(channel).GetProbe(ProbeRequest(), timeout=1)  # type: ignore[attr-defined]
    await server.stop(0)
