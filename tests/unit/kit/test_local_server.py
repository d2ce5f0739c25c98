"""Stopping what is served in process."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import grpc.aio
import pytest

from headrace.rpc.serving import Serving
from headrace_services.kit.local import LocalChannel, LocalServer
from rig.probe import SERVICE, BlindRequest, Probe, ProbeResponse, ProbeStub


def serving(probe: Probe) -> tuple[LocalServer, Any]:
    server = LocalServer(Serving())
    server.add(probe.add_to)
    return server, ProbeStub(LocalChannel(server))


async def test_a_stopped_server_is_unavailable() -> None:
    server, stub = serving(Probe())
    assert list(server.services) == [SERVICE]
    await server.stop()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.SendProbe(BlindRequest())
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_stopping_gives_calls_their_grace_and_ends_the_rest() -> None:
    release = asyncio.Event()

    async def answer(request: Any, context: Any) -> Any:
        await (release if request.text == "soon" else asyncio.Event()).wait()
        return ProbeResponse(text=request.text)

    probe = Probe()
    probe.answers["SendProbe"] = answer
    server, stub = serving(probe)
    soon, never = stub.SendProbe(BlindRequest(text="soon")), stub.SendProbe(BlindRequest(text="never"))
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(server.stop(0.2))
    await asyncio.sleep(0)
    release.set()
    assert (await soon).text == "soon"
    await stopping
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await never
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
