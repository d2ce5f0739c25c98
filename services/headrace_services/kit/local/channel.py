"""The calling side of in-process calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import grpc.aio

from headrace_services.kit.local.calls import (
    LocalCall,
    StreamStreamCall,
    StreamUnaryCall,
    UnaryStreamCall,
    UnaryUnaryCall,
)
from headrace_services.kit.local.exchange import Exchange, pairs_of
from headrace_services.kit.local.server import LocalServer


class LocalChannel(grpc.aio.Channel):
    """A `grpc.aio` channel to a server of this process."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._calls: set[Exchange] = set()
        self._closed = False

    async def __aenter__(self) -> LocalChannel:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        self._closed = True
        calls = list(self._calls)
        if calls and grace:
            waiting = [asyncio.ensure_future(call.wait()) for call in calls]
            _, late = await asyncio.wait(waiting, timeout=grace)
            for task in late:
                task.cancel()
        for call in calls:
            call.cancel(grpc.StatusCode.CANCELLED, "Channel is closed.")

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return grpc.ChannelConnectivity.SHUTDOWN if self._closed else grpc.ChannelConnectivity.READY

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        if last_observed_state is self.get_state():
            await asyncio.get_running_loop().create_future()

    async def channel_ready(self) -> None:
        """Returns at once: the server is here."""

    def unary_unary(
        self, method: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Any:
        return self._callable(UnaryUnaryCall, method, request_serializer, response_deserializer)

    def unary_stream(
        self, method: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Any:
        return self._callable(UnaryStreamCall, method, request_serializer, response_deserializer)

    def stream_unary(
        self, method: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Any:
        return self._callable(StreamUnaryCall, method, request_serializer, response_deserializer)

    def stream_stream(
        self, method: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Any:
        return self._callable(StreamStreamCall, method, request_serializer, response_deserializer)

    def _callable(
        self, kind: type[LocalCall], method: str, serialize: Callable[[Any], bytes], parse: Callable[[bytes], Any]
    ) -> Callable[..., Any]:
        streams = kind in (StreamUnaryCall, StreamStreamCall)

        def call(requests: Any = None, *, timeout: float | None = None, metadata: Any = None, **_: Any) -> LocalCall:
            if self._closed:
                raise grpc.aio.UsageError("Channel is closed.")
            exchange = Exchange(method, pairs_of(metadata), timeout)
            opened = kind(exchange, serialize, parse)
            if not streams:
                exchange.requests.put_nowait(serialize(requests))
                exchange.requests.close()
            self._calls.add(exchange)
            exchange.callbacks.append(lambda: self._calls.discard(exchange))
            self._server.open(exchange)
            if streams and requests is not None:
                opened.feed(requests)
            return opened

        return call
