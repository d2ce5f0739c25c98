"""What the caller of an in-process call holds: the four kinds of `grpc.aio` calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import grpc
import grpc.aio

from headrace_services.kit.local.exchange import EOF, Exchange, Outcome, metadata_of

_CANCELED = "Locally cancelled by application!"


class LocalCall:
    """What all four have in common."""

    def __init__(self, exchange: Exchange, serialize: Callable[[Any], bytes], parse: Callable[[bytes], Any]) -> None:
        self._exchange = exchange
        self._serialize = serialize
        self._parse = parse
        self._feeder: asyncio.Task[None] | None = None

    def feed(self, requests: Any) -> None:
        """Sends what an iterator of requests gives, as the server takes it."""
        self._feeder = asyncio.get_running_loop().create_task(
            _feed(self._exchange, self._serialize, requests), name=f"requests of {self._exchange.method}"
        )

    def cancel(self) -> bool:
        return self._exchange.cancel(grpc.StatusCode.CANCELLED, _CANCELED)

    def cancelled(self) -> bool:
        outcome = self._exchange.outcome
        return outcome is not None and outcome.code is grpc.StatusCode.CANCELLED

    def done(self) -> bool:
        return self._exchange.outcome is not None

    def time_remaining(self) -> float | None:
        return self._exchange.time_remaining()

    def add_done_callback(self, callback: Any) -> None:
        if self.done():
            callback(self)
        else:
            self._exchange.callbacks.append(lambda: callback(self))

    async def initial_metadata(self) -> Any:
        await self._exchange.initial_sent.wait()
        return metadata_of(self._exchange.initial)

    async def trailing_metadata(self) -> Any:
        return metadata_of((await self._exchange.wait()).trailing)

    async def code(self) -> grpc.StatusCode:
        return (await self._exchange.wait()).code

    async def details(self) -> str:
        return (await self._exchange.wait()).details

    async def wait_for_connection(self) -> None:
        """Returns at once: the server is here."""

    async def _succeeded(self) -> None:
        """Waits for the end of the call; raises if it was not a good one."""
        try:
            outcome = await self._exchange.wait()
        except asyncio.CancelledError:
            self.cancel()
            raise
        if outcome.code is grpc.StatusCode.OK:
            return
        if outcome == Outcome(grpc.StatusCode.CANCELLED, _CANCELED):
            raise asyncio.CancelledError
        raise grpc.aio.AioRpcError(
            outcome.code,
            metadata_of(self._exchange.initial),
            metadata_of(outcome.trailing),
            outcome.details,
            None,
        )


class _UnaryResponse(LocalCall):
    _response: Any = None

    def __await__(self) -> Generator[Any, None, Any]:
        return self._answer().__await__()

    async def _answer(self) -> Any:
        await self._succeeded()
        message = await self._exchange.responses.get()
        if message is not None:
            self._response = self._parse(message)
        return self._response


class _StreamResponse(LocalCall):
    async def read(self) -> Any:
        """Returns the next response, `grpc.aio.EOF` after the last."""
        try:
            message = await self._exchange.responses.get()
        except asyncio.CancelledError:
            self.cancel()
            raise
        if message is None:
            await self._succeeded()
            return EOF
        return self._parse(message)

    async def __aiter__(self) -> AsyncIterator[Any]:
        while (response := await self.read()) is not EOF:
            yield response


class _StreamRequest(LocalCall):
    async def write(self, request: Any) -> None:
        """Sends one request."""
        if self.done():
            raise asyncio.InvalidStateError("the call has ended")
        if self._exchange.requests.closed:
            raise asyncio.InvalidStateError("done_writing was called before")
        if not await self._exchange.requests.put(self._serialize(request)):
            await self._succeeded()

    async def done_writing(self) -> None:
        """Tells the server that no more requests come."""
        if not self.done():
            self._exchange.requests.close()


class UnaryUnaryCall(_UnaryResponse, grpc.aio.UnaryUnaryCall[Any, Any]):
    """One request, one response."""


class UnaryStreamCall(_StreamResponse, grpc.aio.UnaryStreamCall[Any, Any]):
    """One request, a stream of responses."""


class StreamUnaryCall(_UnaryResponse, _StreamRequest, grpc.aio.StreamUnaryCall[Any, Any]):
    """A stream of requests, one response."""


class StreamStreamCall(_StreamResponse, _StreamRequest, grpc.aio.StreamStreamCall[Any, Any]):
    """A stream either way."""


async def _feed(exchange: Exchange, serialize: Callable[[Any], bytes], requests: Any) -> None:
    try:
        if hasattr(requests, "__aiter__"):
            async for request in requests:
                if not await exchange.requests.put(serialize(request)):
                    return
        else:
            for request in requests:
                if not await exchange.requests.put(serialize(request)):
                    return
        exchange.requests.close()
    except Exception:
        exchange.cancel(grpc.StatusCode.CANCELLED, _CANCELED)
