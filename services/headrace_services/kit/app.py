"""Running services: composed into one process, started in order, drained on a signal."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headrace.clock import Clock, SystemClock
from headrace.ids import Ids, RandomIds
from headrace.rpc.server import RpcServer, build_server
from headrace.rpc.serving import Serving
from headrace_services.kit.addresses import LocationAddresses
from headrace_services.kit.audit import AuditTrail
from headrace_services.kit.auth import Tokens
from headrace_services.kit.config import InstanceConfig, check_startable
from headrace_services.kit.health import Health
from headrace_services.kit.local import LocalServer
from headrace_services.kit.loops import Loop, Loops
from headrace_services.kit.metrics import Metrics
from headrace_services.kit.peers import ServicePeers
from headrace_services.kit.replicas import REPORT_SECONDS, ReplicaReport, this_replica
from headrace_services.kit.service import Build, Peers, Service, ServiceEnv
from headrace_services.kit.web import WebServer

if TYPE_CHECKING:
    from headrace.workspace import Workspace

logger = logging.getLogger(__name__)

# Whoever stops a container kills it after ten seconds: all of draining must fit.
DRAIN_SECONDS = 10.0
_UNARY_GRACE_SECONDS = 5.0
_STOP_SECONDS = 3.0


@dataclass
class App:
    """Services that share a process, an event loop, a port and a page of metrics.

    Give `build` in the order in which services start: those that others depend on first. They stop the other way round.
    """

    instance: InstanceConfig
    build: Mapping[str, Build]
    listen: str
    more_listen: Sequence[str] = ()
    web_listen: Sequence[str] = ()
    workspace: Workspace | None = None
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=RandomIds)

    def __post_init__(self) -> None:
        # Whoever starts the processes of code locations says here where they are.
        self.addresses = LocationAddresses.of(self.workspace)

    async def start(self) -> None:
        """Builds and starts everything; returns when it serves.

        Raises:
            FailedPreconditionError: a port is in use.
            InvalidConfigError: the instance asks for what this version, or this environment, has not.
            HeadraceError: a service cannot start; what had started has been stopped again.
        """
        check_startable(self.instance)
        token = self.instance.auth.token
        self.metrics = Metrics()
        self._audit = AuditTrail(self.clock, self.ids, self.metrics)
        serving = Serving(
            observer=self.metrics,
            authenticator=Tokens(self.instance.auth, self.clock) if token.env or token.is_set else None,
            auditor=self._audit,
            ids=self.ids,
        )
        self._local = LocalServer(serving)
        self._peers = ServicePeers(self.instance, self._local, self.build)
        self._audit.open(self._peers.channel("storage"))
        self._loops = Loops(self.clock, self.metrics)
        self._started: list[Service] = []
        self._webs: list[WebServer] = []
        self._report: ReplicaReport | None = None
        self._healthy = self._leaving = False
        self._stopping = asyncio.Event()
        env = ServiceEnv(self.instance, self._peers, self.metrics, self.workspace, self.clock, self.ids, self.addresses)
        self.services = [build(env) for build in self.build.values()]
        serving.guard = next((service.guard for service in self.services if service.guard), None)
        for service in self.services:
            self._local.add(service.add_servicers)
        self._server: RpcServer = build_server(
            [service.add_servicers for service in self.services],
            self.listen,
            more_addresses=self.more_listen,
            serving=serving,
            tls=self.instance.tls,
        )
        try:
            await self._start_all()
        except BaseException:
            await self.stop()
            raise

    @property
    def peers(self) -> Peers:
        """The way to the services of this process and to others."""
        return self._peers

    @property
    def port(self) -> int:
        """The gRPC port, which matters when port 0 was asked for."""
        return self._server.port

    @property
    def web_ports(self) -> list[int]:
        """The HTTP ports, in the order of `web_listen`."""
        return [web.port for web in self._webs]

    async def _start_all(self) -> None:
        mounts = {prefix: app for service in self.services for prefix, app in service.web.items()}
        # Bound before anything starts: a port in use must not leave a half-started instance behind.
        for address in self.web_listen:
            self._webs.append(WebServer(address, self.metrics, lambda: self._healthy, mounts))
        for service in self.services:
            await service.start()
            self._started.append(service)
        for service in self.services:
            for loop in service.loops:
                self._loops.start(loop)
        await self._server.start()
        for web in self._webs:
            await web.start()
        self._healthy = True
        health = Health(self.services, self._tell_health)
        self._loops.start(Loop("health", health.tick, interval=0))
        self._loops.start(self._reporting(health))
        if "gateway" in self.build:
            self._loops.start(self._audit.loop)
        logger.info(
            "serving", extra={"services": [s.name for s in self.services], "address": str(self._server.address)}
        )

    def _reporting(self, health: Health) -> Loop:
        me = this_replica(self.ids.uuid7(), list(self.build), str(self._server.address), self.clock)
        loops = [loop for service in self.services for loop in service.loops]
        self._report = ReplicaReport(self._peers.channel("storage"), me, health, loops)
        self._replica_loop = Loop("replica", self._report.tick, REPORT_SECONDS)
        return self._replica_loop

    async def _tell_health(self, healthy: bool) -> None:
        self._healthy = healthy and not self._leaving
        # Once the server is draining it lets nobody change what its health says.
        await self._server.set_health(healthy)
        self._replica_loop.wake()

    def request_stop(self) -> None:
        """Makes `run_until_stopped` drain and return."""
        self._stopping.set()

    async def run_until_stopped(self) -> None:
        """Serves until SIGTERM, SIGINT or `request_stop`, then drains."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self.request_stop)
        # What is there by now stays. Looking through all of it again takes the collector 40 ms, often amid a burst.
        gc.freeze()
        try:
            await self._stopping.wait()
            await asyncio.wait_for(self.stop(), DRAIN_SECONDS)
        except asyncio.TimeoutError:
            logger.warning("draining took too long, leaving", extra={"seconds": DRAIN_SECONDS})
        finally:
            for each in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(each)

    async def stop(self) -> None:
        """Drains: says so, ends streams and waits, finishes unary calls, stops loops and services, closes."""
        self._leaving, self._healthy = True, False
        await self._server.drain()
        for service in self._started:
            service.drain()
        await self._server.stop(_UNARY_GRACE_SECONDS)
        await self._loops.stop()
        await self._audit.leave()
        if self._report is not None:
            await self._report.leave()
            self._report = None
        for service in reversed(self._started):
            await self._stop_one(service)
        self._started.clear()
        await self._local.stop()
        await self._peers.close()
        for web in self._webs:
            await web.stop()

    async def _stop_one(self, service: Service) -> None:
        try:
            await asyncio.wait_for(_stopped(service), _STOP_SECONDS)
        except Exception:
            # One service that cannot stop must not keep the others from stopping.
            logger.exception("a service did not stop well", extra={"service": service.name})


async def _stopped(service: Service) -> None:
    await service.stop()


def run_app(app: App) -> None:
    """Runs services in this process until it is told to stop."""

    async def run() -> None:
        await app.start()
        await app.run_until_stopped()

    asyncio.run(run())
