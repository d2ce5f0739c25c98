"""How the synchronous client sends its calls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, TypeVar

import grpc

from headrace.client.call import PATIENT, Call, Listing, Stream
from headrace.client.watches import Interruptions, Watch
from headrace.errors import ServiceError, UnavailableError
from headrace.rpc.channel import open_channel
from headrace.rpc.policy import Token
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import from_rpc_error, rpc_errors
from headrace.rpc.tls import Tls

T = TypeVar("T")


class Connection:
    """A channel to the gateway.

    Attributes:
        target: Its address.
    """

    def __init__(self, target: str, *, token: Token | None, tls: Tls | None, retry: RetryPolicy | None) -> None:
        self.target = target
        self._channel = open_channel(target, token=token, tls=tls, retry=retry or PATIENT)

    def close(self) -> None:
        """Closes the channel."""
        self._channel.close()

    def send(self, call: Call[T]) -> T:
        """Returns the answer to a call."""
        method = self._channel.unary_unary(
            call.path, type(call.request).SerializeToString, call.response_type.FromString
        )
        with rpc_errors(self.target):
            return call.read(method(call.request))

    def collect(self, listing: Listing[T], limit: int | None) -> list[T]:
        """Returns the items of all pages, at most `limit`."""
        items: list[T] = []
        token = ""
        while limit is None or len(items) < limit:
            page, token = self.send(listing.page(token, None if limit is None else limit - len(items)))
            items.extend(page)
            if not token:
                break
        return items

    def open(self, stream: Stream, seconds: float) -> Iterator[Any]:
        """Yields the answers of a stream, which is ended together with the iterator."""
        method: Any = self._channel.unary_stream(
            stream.path, type(stream.request).SerializeToString, stream.response_type.FromString
        )
        call = method(stream.request, timeout=seconds)
        try:
            yield from call
        except grpc.RpcError as error:
            raise from_rpc_error(error, self.target) from None
        finally:
            call.cancel()

    def follow(self, watch: Watch[T], *, patience: float, timeout: float | None = None) -> Iterator[T]:
        """Yields what a watch brings, across interruptions, until it is done."""
        interruptions = Interruptions(patience, timeout)
        while True:
            seconds = interruptions.stream_seconds()
            try:
                for response in self.open(watch.stream(), seconds):
                    interruptions.alive()
                    yield from watch.take(response)
                    if watch.done:
                        return
                if watch.may_end_early:
                    return
                error: ServiceError = UnavailableError(f"{self.target} ended the stream before it was complete")
            except ServiceError as raised:
                error = raised
            time.sleep(interruptions.delay(error))
