"""The front's end of its socket to one host, or to one member of the pool."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.api.types.v1.failure_pb2 import Failure
from headrace.errors import HeadraceError, UnavailableError
from headrace.processes.groups import signal_group
from headrace.rpc.status import error_table
from headrace_codeloc.front.nursery_link import Hatchling
from headrace_codeloc.messages import Decoder, Message, encode

STACK_SECONDS = 0.15
"""How long a process is given to write where it is."""


class NotLoadedError(Exception):
    """The user's code did not load; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class HostGoneError(Exception):
    """The host has hung up."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a host says when it has loaded the code."""

    parts: Sequence[bytes]
    digest: str
    count: int
    seconds: float
    start_method: str
    reason: str


class HostLink(asyncio.Protocol):
    """Calls one host.

    Args:
        hatchling: The process.
        on_exited: Called with process id and exit code of each of its workers that ended.

    Attributes:
        loaded: Done when the host has loaded the code, or has failed to.
        closed: Set when it has hung up.
        exit_code: How its process ended, negative for a signal; never done if nobody is left to tell.
    """

    def __init__(self, hatchling: Hatchling, on_exited: Callable[[int, int], None]) -> None:
        loop = asyncio.get_running_loop()
        self.pid = hatchling.pid
        self.exit_code = hatchling.exit_code
        self.loaded: asyncio.Future[Loaded] = loop.create_future()
        self.closed = asyncio.Event()
        self._dumps = hatchling.dumps
        self._on_exited = on_exited
        self._decoder = Decoder()
        self._parts: list[bytes] = []
        self._ids = itertools.count(1)
        self._calls: dict[int, _Call] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def open(cls, hatchling: Hatchling, on_exited: Callable[[int, int], None]) -> HostLink:
        """Connects to a process that the nursery has forked."""
        loop = asyncio.get_running_loop()
        _, link = await loop.create_unix_connection(lambda: cls(hatchling, on_exited), sock=hatchling.connection)
        return link

    async def call(
        self, kind: str, body: bytes, on_answer: Callable[[Message], None] | None = None, **fields: Any
    ) -> Message:
        """Sends an order and returns its answer.

        Args:
            kind: The kind of order.
            body: Its body.
            on_answer: Called with the answer before anything that the host said after it.
            **fields: Its fields.

        Raises:
            HostGoneError: the host hung up before it answered.
            HeadraceError: the host refused, with the error to end the call with.
        """
        if self._transport is None or self.closed.is_set():
            raise HostGoneError
        call_id = next(self._ids)
        call = self._calls[call_id] = _Call(asyncio.get_running_loop().create_future(), on_answer)
        self._idle.clear()
        self._transport.write(encode(Message(kind, {**fields, "id": call_id}, body)))
        try:
            return await call.answer
        except asyncio.CancelledError:
            if not self.closed.is_set():
                self._transport.write(encode(Message("abandon", {"id": call_id})))
            raise
        finally:
            del self._calls[call_id]
            if not self._calls:
                self._idle.set()

    async def stack(self) -> str:
        """Returns where its Python code is now, innermost line first; empty if it does not say."""
        try:
            os.kill(self.pid, signal.SIGUSR2)
            await asyncio.sleep(STACK_SECONDS)
            return os.read(self._dumps, 1 << 16).decode(errors="replace")
        except OSError:
            return ""

    async def drain(self, seconds: float) -> None:
        """Hangs up when no call is in flight any more, or after that many seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        self.hang_up()

    def hang_up(self) -> None:
        """Ends the host and its evaluations; workers go on."""
        if self._transport is not None:
            self._transport.close()

    def kill(self) -> None:
        """Ends the process at once, whatever it is doing."""
        signal_group(self.pid, signal.SIGKILL)
        self.hang_up()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        for message in self._decoder.feed(data):
            if message.kind == "part":
                self._parts.append(message.body)
            elif message.kind == "loaded":
                self._set_loaded(Loaded(self._parts, **message.fields))
            elif message.kind == "not_loaded":
                self._set_loaded(NotLoadedError(Failure.FromString(message.body)))
            elif message.kind == "exited":
                self._on_exited(message.fields["pid"], message.fields["code"])
            else:
                self._answered(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self.closed.set()
        os.close(self._dumps)
        self._set_loaded(HostGoneError())
        for call in self._calls.values():
            call.fail(HostGoneError())

    def _set_loaded(self, outcome: Loaded | Exception) -> None:
        if self.loaded.done():
            return
        if isinstance(outcome, Loaded):
            self.loaded.set_result(outcome)
        else:
            self.loaded.set_exception(outcome)
            # Whoever waits for it gets it; nobody may be waiting.
            self.loaded.exception()

    def _answered(self, message: Message) -> None:
        call = self._calls.get(message.fields.pop("id"))
        if call is None:
            return
        if message.kind == "refused":
            call.fail(_refusal(message))
        else:
            call.succeed(message)


@dataclass(frozen=True, slots=True)
class _Call:
    answer: asyncio.Future[Message]
    on_answer: Callable[[Message], None] | None

    def succeed(self, message: Message) -> None:
        if self.on_answer is not None:
            self.on_answer(message)
        if not self.answer.done():
            self.answer.set_result(message)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


def _refusal(message: Message) -> HeadraceError:
    found = error_table().get((message.fields["code"], message.fields["reason"]), UnavailableError)
    return found(message.fields["message"], metadata=message.fields["metadata"])
