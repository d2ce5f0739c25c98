"""A service as a value: what a process is composed of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import grpc
import grpc.aio

from headrace.clock import Clock, SystemClock
from headrace.ids import Ids, RandomIds
from headrace.rpc.serving import Guard
from headrace_services.kit.addresses import LocationAddresses
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.loops import Loop
from headrace_services.kit.metrics import Metrics

if TYPE_CHECKING:
    from headrace.workspace import Workspace

AsgiApp = Callable[..., Awaitable[None]]


class Peers(Protocol):
    """How a service reaches the others; it cannot tell those of its own process from those far away."""

    def channel(self, name: str) -> grpc.aio.Channel:
        """Returns the channel to a service by its name, such as storage; always the same one."""
        ...

    def anonymous(self) -> grpc.aio.Channel:
        """Returns a channel to the services of this process that says nothing about who calls: for other people's calls."""
        ...

    def connect(self, address: str) -> grpc.aio.Channel:
        """Returns a channel to the address of a code location; always the same one until `disconnect`."""
        ...

    async def serves(self, name: str) -> bool:
        """Tells whether another service says that it is fit to be called; one of this process answers for itself."""
        ...

    async def disconnect(self, address: str) -> None:
        """Closes the channel to an address that nobody needs any more."""
        ...


@dataclass(frozen=True)
class ServiceEnv:
    """What a service is built from.

    Attributes:
        instance: The configuration.
        peers: The way to other services.
        metrics: Where to declare metric families.
        workspace: The code locations to serve; None where a service does not need them.
        addresses: Where these locations can be reached now.
        clock: The only source of time, and the only way to wait.
        ids: The only source of ids and tokens.
    """

    instance: InstanceConfig
    peers: Peers
    metrics: Metrics
    workspace: Workspace | None = None
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=RandomIds)
    addresses: LocationAddresses = field(default_factory=LocationAddresses)


async def _nothing() -> None:
    """Starts or stops what needs neither."""


def _nobody() -> None:
    """Releases nobody: no call waits."""


async def _well() -> bool:
    """Tells of a service that needs nothing but itself."""
    return True


@dataclass(frozen=True)
class Service:
    """One service, wired and not started.

    Attributes:
        name: As peers call it: storage, coordinator, scheduler, launcher, gateway.
        add_servicers: Adds its servicers to a server, remote or in process.
        loops: What it does without being asked; started after `start`, stopped before `stop`.
        start: Called once, before any call is served; services it depends on have started.
        stop: Called once, when no call is served any more.
        web: Its HTTP applications by path prefix, served on the web port.
        healthy: Tells whether it can do its work now; asked every second or two, and given three to answer.
        guard: Refuses calls of this process that would change something where their caller may not.
        drain: Called once, when the process is told to end: has calls that wait for something answer at once.
    """

    name: str
    add_servicers: Callable[[grpc.aio.Server], None]
    loops: Sequence[Loop] = ()
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing
    web: dict[str, AsgiApp] = field(default_factory=dict)
    healthy: Callable[[], Awaitable[bool]] = _well
    guard: Guard | None = None
    drain: Callable[[], None] = _nobody


Build = Callable[[ServiceEnv], Service]
