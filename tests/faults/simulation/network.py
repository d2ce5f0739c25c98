"""The network between simulated processes: it takes its time, loses questions and answers, and repeats questions."""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from faults.simulation.process import Process
from faults.simulation.virtual_loop import VirtualLoop
from headrace.rpc.aio import PolicyChannel
from headrace.rpc.policy import CallPolicy
from headrace_services.kit.local import LocalChannel, LocalServer
from headrace_services.kit.local.exchange import Exchange, Outcome

_REFUSED = Outcome(grpc.StatusCode.UNAVAILABLE, "connection refused")
_BROKEN = Outcome(grpc.StatusCode.UNAVAILABLE, "connection lost")
_LEFT = "the caller is gone"


@dataclass
class Weather:
    """How bad the network is.

    Attributes:
        lost_questions: Of all calls: how many never arrive.
        lost_answers: How many are answered, and the answer is lost.
        repeated: How many arrive a second time, later.
        slow: How many take up to `slow_seconds` longer, each way.
        stream_seconds: How long a stream lasts on average before it breaks.
    """

    lost_questions: float = 0.01
    lost_answers: float = 0.02
    repeated: float = 0.01
    slow: float = 0.02
    slow_seconds: float = 1.0
    stream_seconds: float = 30.0


FAIR = Weather(0.0, 0.0, 0.0, 0.0, 0.0, 1e9)


@dataclass(eq=False)
class Endpoint:
    """A process that serves."""

    process: Process
    server: LocalServer


@dataclass
class Network:
    """Who serves what, and who is cut off from whom.

    Attributes:
        endpoints: Serving processes by the address that others call.
        cut: Names of processes that cannot reach each other.
    """

    loop: VirtualLoop
    chance: random.Random
    weather: Weather
    endpoints: dict[str, list[Endpoint]] = field(default_factory=dict)
    cut: set[frozenset[str]] = field(default_factory=set)
    _carried: dict[Exchange, tuple[Process, Process]] = field(default_factory=dict)

    def serve(self, address: str, endpoint: Endpoint) -> None:
        """Begins to serve at an address, beside others."""
        self.endpoints.setdefault(address, []).append(endpoint)

    def leave(self, process: Process) -> None:
        """Breaks all connections of a process that was killed."""
        for endpoints in self.endpoints.values():
            endpoints[:] = [each for each in endpoints if each.process is not process]
        for exchange, (caller, callee) in list(self._carried.items()):
            if process in (caller, callee):
                exchange.cancel(_BROKEN.code, _BROKEN.details)

    def channel(self, source: Process, address: str) -> grpc.aio.Channel:
        """Returns a channel as a real process would have it, with deadlines and retries."""
        return PolicyChannel(LocalChannel(_Line(self, source, address)), CallPolicy(None))  # type: ignore[arg-type]

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Does something that no process does."""
        contextvars.Context().run(self.loop.create_task, coroutine)

    def carry(self, source: Process, address: str, exchange: Exchange) -> None:
        """Takes a call on."""
        self.spawn(self._carry(source, address, exchange))

    async def _carry(self, source: Process, address: str, exchange: Exchange) -> None:
        request = await exchange.requests.get() or b""
        await self._travel()
        endpoint = self._reach(source, address)
        if endpoint is None or self.chance.random() < self.weather.lost_questions:
            await self._travel()
            exchange.finish(_REFUSED if endpoint is None else _BROKEN)
            return
        there = self._ask(endpoint, exchange, request)
        self._carried[there] = (source, endpoint.process)
        exchange.callbacks.append(lambda: there.cancel(grpc.StatusCode.CANCELLED, _LEFT))
        try:
            if _is_watch(exchange.method):
                await self._stream(there, exchange)
            else:
                if self.chance.random() < self.weather.repeated:
                    self.spawn(self._repeat(endpoint, exchange, request))
                await self._answer(there, exchange)
        finally:
            del self._carried[there]

    def _reach(self, source: Process, address: str) -> Endpoint | None:
        found = [
            each
            for each in self.endpoints.get(address, ())
            if frozenset((source.name, each.process.name)) not in self.cut
        ]
        return self.chance.choice(found) if found else None

    def _ask(self, endpoint: Endpoint, exchange: Exchange, request: bytes) -> Exchange:
        there = Exchange(exchange.method, exchange.metadata, exchange.time_remaining())
        there.requests.put_nowait(request)
        there.requests.close()
        self.loop.entering = endpoint.process
        try:
            endpoint.server.open(there)
        finally:
            self.loop.entering = None
        return there

    async def _repeat(self, endpoint: Endpoint, exchange: Exchange, request: bytes) -> None:
        await asyncio.sleep(self.chance.uniform(0, 3))
        if endpoint.process.alive:
            await self._ask(endpoint, exchange, request).wait()

    async def _answer(self, there: Exchange, exchange: Exchange) -> None:
        outcome = await there.wait()
        message = await there.responses.get()
        await self._travel()
        if self.chance.random() < self.weather.lost_answers:
            exchange.finish(_BROKEN)
            return
        if message is not None:
            exchange.responses.put_nowait(message)
        exchange.finish(outcome)

    async def _stream(self, there: Exchange, exchange: Exchange) -> None:
        ends = self.chance.expovariate(1 / self.weather.stream_seconds)
        breaking = self.loop.call_later(ends, lambda: there.cancel(_BROKEN.code, _BROKEN.details))
        while (message := await there.responses.get()) is not None:
            await self._travel()
            if not await exchange.responses.put(message):
                break
        breaking.cancel()
        exchange.finish(there.outcome or _BROKEN)

    async def _travel(self) -> None:
        slow = self.chance.random() < self.weather.slow
        await asyncio.sleep(self.chance.uniform(0.0002, self.weather.slow_seconds if slow else 0.002))


def _is_watch(method: str) -> bool:
    name = method.rpartition("/")[2]
    return name.startswith("Watch") or name == "GetDefinitions"


@dataclass(frozen=True)
class _Line:
    """What a channel takes for the server at its other end."""

    network: Network
    source: Process
    address: str

    def open(self, exchange: Exchange) -> None:
        self.network.carry(self.source, self.address, exchange)


class SimulatedPeers:
    """The channels of one process."""

    def __init__(self, network: Network, source: Process) -> None:
        self._network = network
        self._source = source
        self._channels: dict[str, grpc.aio.Channel] = {}

    def channel(self, name: str) -> grpc.aio.Channel:
        """Returns the channel to a service."""
        if name not in self._channels:
            self._channels[name] = self._network.channel(self._source, name)
        return self._channels[name]

    def connect(self, address: str) -> grpc.aio.Channel:
        """Returns the channel to a location."""
        return self.channel(address)

    def anonymous(self) -> grpc.aio.Channel:
        """Is not needed by what is simulated."""
        raise NotImplementedError

    async def serves(self, name: str) -> bool:
        """Says that it does."""
        return True

    async def disconnect(self, address: str) -> None:
        """Forgets the channel."""
        self._channels.pop(address, None)
