"""Streams that end because their server does: whoever reads is told so, in the middle of a flood as well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import pytest

from headrace import errors
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.server import build_server
from headrace.rpc.status import from_rpc_error
from rig.probe import Probe, ProbeRequest, ProbeResponse, ProbeStub


async def flood(request: Any, context: Any) -> AsyncIterator[Any]:
    while True:
        yield ProbeResponse(text="x" * 60_000)


@pytest.mark.parametrize("read_before", [0, 1, 50])
async def test_a_reader_in_the_middle_of_a_flood_is_told_that_the_server_ends(read_before: int) -> None:
    probe = Probe()
    probe.answers["WatchProbe"] = flood
    server = build_server([probe.add_to], "127.0.0.1:0")
    await server.start()
    async with open_aio_channel(str(server.address)) as channel:
        stream = ProbeStub(channel).WatchProbe(ProbeRequest())  # type: ignore[attr-defined]
        for _ in range(read_before):
            await stream.read()
        await server.drain()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            while True:
                await stream.read()
    assert isinstance(from_rpc_error(caught.value), errors.DrainingError)
    await server.stop(0)


async def test_a_stream_that_begins_after_the_end_was_told_is_refused() -> None:
    probe = Probe()
    probe.answers["WatchProbe"] = flood
    server = build_server([probe.add_to], "127.0.0.1:0")
    await server.start()
    async with open_aio_channel(str(server.address)) as channel:
        await server.drain()
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ProbeStub(channel).WatchProbe(ProbeRequest()).read()  # type: ignore[attr-defined]
    assert isinstance(from_rpc_error(caught.value), errors.DrainingError)
    await server.stop(0)
