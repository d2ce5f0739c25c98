"""How the asynchronous client sends its calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import grpc
import grpc.aio

from headrace.client.call import PATIENT, Call, Listing, Stream
from headrace.client.watches import Interruptions, Watch
from headrace.errors import ServiceError, UnavailableError
from headrace.rpc.channel import open_aio_channel
from headrace.rpc.policy import Token
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import from_rpc_error, rpc_errors
from headrace.rpc.tls import Tls

T = TypeVar("T")


class AioConnection:
    """A channel to the gateway, opened by its first call on the loop that runs then.

    Attributes:
        target: Its address.
    """

    def __init__(self, target: str, *, token: Token | None, tls: Tls | None, retry: RetryPolicy | None) -> None:
        self.target = target
        self._token = token
        self._tls = tls
        self._retry = retry or PATIENT
        self._opened: grpc.aio.Channel | None = None

    async def close(self) -> None:
        """Closes the channel."""
        if self._opened is not None:
            await self._opened.close(None)
            self._opened = None

    async def send(self, call: Call[T]) -> T:
        """Returns the answer to a call."""
        method: Any = self._channel().unary_unary(
            call.path, type(call.request).SerializeToString, call.response_type.FromString
        )
        with rpc_errors(self.target):
            return call.read(await method(call.request))

    async def collect(self, listing: Listing[T], limit: int | None) -> list[T]:
        """Returns the items of all pages, at most `limit`."""
        items: list[T] = []
        token = ""
        while limit is None or len(items) < limit:
            page, token = await self.send(listing.page(token, None if limit is None else limit - len(items)))
            items.extend(page)
            if not token:
                break
        return items

    async def open(self, stream: Stream, seconds: float) -> AsyncIterator[Any]:
        """Yields the answers of a stream, which is ended together with the iterator."""
        method: Any = self._channel().unary_stream(
            stream.path, type(stream.request).SerializeToString, stream.response_type.FromString
        )
        call = method(stream.request, timeout=seconds)
        try:
            async for response in call:
                yield response
        except grpc.RpcError as error:
            raise from_rpc_error(error, self.target) from None
        finally:
            call.cancel()

    async def follow(self, watch: Watch[T], *, patience: float, timeout: float | None = None) -> AsyncIterator[T]:
        """Yields what a watch brings, across interruptions, until it is done."""
        interruptions = Interruptions(patience, timeout)
        while True:
            seconds = interruptions.stream_seconds()
            try:
                async for response in self.open(watch.stream(), seconds):
                    interruptions.alive()
                    for item in watch.take(response):
                        yield item
                    if watch.done:
                        return
                if watch.may_end_early:
                    return
                error: ServiceError = UnavailableError(f"{self.target} ended the stream before it was complete")
            except ServiceError as raised:
                error = raised
            await asyncio.sleep(interruptions.delay(error))

    def _channel(self) -> grpc.aio.Channel:
        if self._opened is None:
            self._opened = open_aio_channel(self.target, token=self._token, tls=self._tls, retry=self._retry)
        return self._opened
