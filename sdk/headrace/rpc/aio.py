"""The asynchronous client's channel: any `grpc.aio` channel with defaults on every call and retries of unary ones.

It wraps the channel rather than intercepting it: an aio interceptor costs a task per call, and the in-process channel
has no interceptors at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import grpc
import grpc.aio

from headrace.rpc.methods import method_of
from headrace.rpc.policy import CallPolicy
from headrace.rpc.retry import Tries
from headrace.rpc.status import ending, is_final

Start = Callable[[float | None], Any]


class PolicyChannel(grpc.aio.Channel):
    """A channel whose calls follow a `CallPolicy`; closing it closes the channel it wraps."""

    def __init__(self, inner: grpc.aio.Channel, policy: CallPolicy) -> None:
        self._inner = inner
        self._policy = policy

    async def __aenter__(self) -> PolicyChannel:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Closes the channel; calls in flight may go on for `grace` seconds."""
        await self._inner.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """Returns the state of the connection."""
        return self._inner.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Returns when the connection is in another state."""
        await self._inner.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Returns when the connection is ready."""
        await self._inner.channel_ready()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Returns what stubs call for a method with one request and one response."""
        known, policy = method_of(method), self._policy
        callable_ = self._inner.unary_unary(method, *args, **kwargs)
        never_repeats = not policy.retry.repeats or not (known.safe or known.repeatable_fields)

        def call(request: Any, *, timeout: float | None = None, metadata: Any = None, **options: Any) -> Any:
            pairs = policy.metadata(metadata)
            if never_repeats:
                return callable_(request, timeout=policy.timeout(known, timeout), metadata=pairs, **options)

            def start(seconds: float | None) -> Any:
                return callable_(request, timeout=seconds, metadata=pairs, **options)

            return RetryingCall(start, policy.tries(known, request, timeout))

        return call

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Returns what stubs call for a method with one request and a stream of responses."""
        return self._with_defaults(method, self._inner.unary_stream(method, *args, **kwargs), StreamCall)

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Returns what stubs call for a method with a stream of requests and one response."""
        return self._with_defaults(method, self._inner.stream_unary(method, *args, **kwargs))

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Returns what stubs call for a method with a stream either way."""
        return self._with_defaults(method, self._inner.stream_stream(method, *args, **kwargs), StreamCall)

    def _with_defaults(
        self, method: str, callable_: Any, wrap: Callable[[Any], Any] | None = None
    ) -> Callable[..., Any]:
        known, policy = method_of(method), self._policy

        def call(requests: Any = None, *, timeout: float | None = None, metadata: Any = None, **options: Any) -> Any:
            limit = policy.timeout(known, timeout)
            started = callable_(requests, timeout=limit, metadata=policy.metadata(metadata), **options)
            return started if wrap is None else wrap(started)

        return call


class StreamCall:
    """A call that streams responses, and ends when who iterates over it leaves.

    A call of grpc.aio that is dropped in the middle goes on until its channel closes, its server streaming to nobody.
    """

    def __init__(self, call: Any) -> None:
        self._call = call

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            async for response in self._call:
                yield response
        finally:
            self._call.cancel()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


class RetryingCall(grpc.aio.UnaryUnaryCall[Any, Any]):
    """A unary call that starts at once and, when it is awaited, starts again as the policy allows."""

    def __init__(self, start: Start, tries: Tries) -> None:
        self._start = start
        self._tries = tries
        self._canceled = False
        self._call = start(tries.timeout())

    def __await__(self) -> Generator[Any, None, Any]:
        return self._answer().__await__()

    async def _answer(self) -> Any:
        while True:
            try:
                return await self._call
            except grpc.aio.AioRpcError as error:
                delay = self._tries.delay(ending(error))
                if delay is None or is_final(error):
                    raise
            if not self._canceled:
                await asyncio.sleep(delay)
            if self._canceled:
                raise asyncio.CancelledError
            self._call = self._start(self._tries.timeout())

    def cancel(self) -> bool:
        """Ends the call; no further try is made."""
        self._canceled = True
        return bool(self._call.cancel())

    def cancelled(self) -> bool:
        """Tells whether the call was ended from this side."""
        return self._canceled or bool(self._call.cancelled())

    def done(self) -> bool:
        """Tells whether the present try has ended."""
        return bool(self._call.done())

    def time_remaining(self) -> float | None:
        """Returns the seconds left of the deadline."""
        return self._tries.left()

    def add_done_callback(self, callback: Any) -> None:
        """Has `callback` called when the present try ends."""
        self._call.add_done_callback(callback)

    async def initial_metadata(self) -> Any:
        """Returns the metadata that the server sent first."""
        return await self._call.initial_metadata()

    async def trailing_metadata(self) -> Any:
        """Returns the metadata that the server sent last."""
        return await self._call.trailing_metadata()

    async def code(self) -> grpc.StatusCode:
        """Returns how the present try ended."""
        code: grpc.StatusCode = await self._call.code()
        return code

    async def details(self) -> str:
        """Returns the message of how the present try ended."""
        return str(await self._call.details())

    async def wait_for_connection(self) -> None:
        """Returns when the call has a connection."""
        await self._call.wait_for_connection()
