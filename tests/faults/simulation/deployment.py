"""All processes of a simulated deployment: starting them, killing them, freezing them."""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.simulation.location import NAME, SimulatedLocation
from faults.simulation.network import Endpoint, Network, SimulatedPeers
from faults.simulation.process import PROCESS, Process
from faults.simulation.sources import SeededIds, VirtualClock
from faults.simulation.storage import build_storage
from faults.simulation.virtual_loop import VirtualLoop
from faults.simulation.worker import Worker
from faults.witness import Sighting
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import add_CodeLocationServiceServicer_to_server
from headrace.api.codeloc.v1.worker_host_service_pb2 import StartWorkerRequest, WorkerExit
from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import add_WorkerHostServiceServicer_to_server
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceStub
from headrace.rpc.serving import Serving
from headrace_services.coordinator.main import build as build_coordinator
from headrace_services.kit.addresses import LocationAddresses
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.model import Leases, RunMonitoring, RunQueue
from headrace_services.kit.local import LocalServer
from headrace_services.kit.loops import Loops
from headrace_services.kit.metrics import Metrics
from headrace_services.kit.service import Build, Service, ServiceEnv
from headrace_services.launcher.main import build as build_launcher
from headrace_services.scheduler.main import build as build_scheduler
from headrace_services.storage.store.store import Store

BUILDS: dict[str, Build] = {
    "coordinator": build_coordinator,
    "scheduler": build_scheduler,
    "launcher": build_launcher,
}
MEMBERS = (
    "storage",
    "coordinator-1",
    "coordinator-2",
    "scheduler-1",
    "scheduler-2",
    "launcher-1",
    "launcher-2",
    NAME,
)
LEASE, CANCEL_TIMEOUT, LIMIT = 5.0, 5, 6


def instance_at(home: Path) -> InstanceConfig:
    """The configuration: short leases, few runs at once."""
    return InstanceConfig(
        home=home,
        run_queue=RunQueue(max_concurrent_runs=LIMIT),
        run_monitoring=RunMonitoring(
            enabled=True, max_resume_run_attempts=5, cancel_timeout_seconds=CANCEL_TIMEOUT, start_timeout_seconds=60
        ),
        leases=Leases(duration_seconds=LEASE, renew_seconds=1.0, unclaimed_seconds=5.0),
    )


@dataclass
class Deployment:
    """The processes by member, and workers beside them.

    Attributes:
        sightings: What user code said.
    """

    loop: VirtualLoop
    network: Network
    chance: random.Random
    home: Path
    processes: dict[str, Process] = field(default_factory=dict)
    workers: dict[int, Process] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = VirtualClock()
        self._instance = instance_at(self.home)
        self._store: Store | None = None
        self._location: SimulatedLocation | None = None
        self._ends: dict[Process, float] = {}
        self._moment = 0
        self._started = 0

    async def start_all(self) -> None:
        """Starts every member, storage first."""
        for member in MEMBERS:
            await self.start(member)

    async def start(self, member: str) -> None:
        """Starts a member, which must not be alive; returns when it serves."""
        process = self.processes[member] = Process(member)
        await self.run_in(process, self._boot(process))

    def run_in(self, process: Process, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Has a process do something."""
        context = contextvars.Context()
        context.run(PROCESS.set, process)
        return context.run(self.loop.create_task, coroutine)

    async def _boot(self, process: Process) -> None:
        member = process.name
        server = LocalServer(Serving(ids=self._ids()))
        if member == NAME:
            self._location = location = SimulatedLocation(self._ids().token(), self._start_worker)
            server.add(lambda to: add_CodeLocationServiceServicer_to_server(location, to))
            server.add(lambda to: add_WorkerHostServiceServicer_to_server(location, to))
        else:
            await self._boot_service(process, server)
        self.network.serve(member.partition("-")[0], Endpoint(process, server))

    async def _boot_service(self, process: Process, server: LocalServer) -> None:
        peers = SimulatedPeers(self.network, process)
        addresses = LocationAddresses({NAME: NAME})
        env = ServiceEnv(self._instance, peers, Metrics(), None, self.clock, self._ids(), addresses)
        service = self._build(process.name.partition("-")[0], env)
        server.add(service.add_servicers)
        await service.start()
        loops = Loops(env.clock, env.metrics)
        for loop in service.loops:
            loops.start(loop)

    def _build(self, kind: str, env: ServiceEnv) -> Service:
        if kind != "storage":
            return BUILDS[kind](env)
        service, self._store = build_storage(env)
        return service

    def kill(self, process: Process) -> None:
        """Kills a process: nothing of it is left but what it has committed and sent."""
        if not process.alive:
            return
        self.loop.stop_process(process)
        process.end()
        self.network.leave(process)
        if process.name == "storage" and self._store is not None:
            # The kernel gives its files back.
            self._store.database.close()

    async def restart(self, member: str) -> None:
        """Kills a member and starts it again, after a while."""
        self.kill(self.processes[member])
        await asyncio.sleep(self.chance.uniform(0.1, 2.0))
        await self.start(member)

    async def freeze(self, process: Process, seconds: float) -> None:
        """Has a process stand still."""
        process.goes_on = False
        self.loop.stop_process(process)
        await asyncio.sleep(seconds)
        if process.alive:
            self.loop.resume(process)

    def _start_worker(self, request: StartWorkerRequest) -> None:
        self._started += 1
        number = self._started
        process = self.workers[number] = Process(f"worker-{number}")
        copy = StartWorkerRequest()
        copy.CopyFrom(request)
        self.network.spawn(self._live(process, number, copy))

    async def _live(self, process: Process, number: int, request: StartWorkerRequest) -> None:
        await asyncio.sleep(self.chance.uniform(0.01, 0.05))
        stub = WorkerServiceStub(self.network.channel(process, "coordinator"))
        worker = Worker(
            number,
            request,
            stub,
            self.sightings.append,
            lambda moment: self._end_at(process, moment),
            random.Random(self.chance.getrandbits(32)),
            self._moments,
        )
        done = self.run_in(process, worker.work())
        over = asyncio.ensure_future(process.over.wait())
        await asyncio.wait({done, over}, return_when=asyncio.FIRST_COMPLETED)
        killed = not process.alive
        exit_code = done.result() if done.done() and not killed else 0
        self.kill(process)
        del self.workers[number]
        self._tell(
            WorkerExit(
                worker_id=request.request_id,
                run_id=request.run_id,
                launch_token=request.launch_token,
                exit_code=exit_code,
                signal=9 if killed else 0,
            )
        )

    def _end_at(self, process: Process, moment: float) -> None:
        self._ends[process] = moment
        context = contextvars.Context()
        context.run(self.loop.call_at, moment, lambda: self._end_late(process))

    def _end_late(self, process: Process) -> None:
        if process.alive and self._ends[process] <= self.loop.time():
            self.kill(process)

    def _tell(self, end: WorkerExit) -> None:
        location = self.processes[NAME]
        if location.alive and self._location is not None and self.chance.random() < 0.8:
            self._location.end_worker(end)

    def _moments(self) -> int:
        self._moment = max(self._moment + 1, int(self.clock.now().timestamp() * 1_000_000))
        return self._moment

    def _ids(self) -> SeededIds:
        return SeededIds(random.Random(self.chance.getrandbits(64)))
