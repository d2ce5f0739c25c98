"""Services composed in this process, as `headrace dev` does, on a real database; locations are the test's affair."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from headrace.api.coordinator.v1 import coordinator_service_pb2 as pb
from headrace.api.coordinator.v1.coordinator_service_pb2_grpc import CoordinatorServiceStub
from headrace.api.storage.v1.event_log_service_pb2 import EventFilter, ListEventsRequest
from headrace.api.storage.v1.event_log_service_pb2_grpc import EventLogServiceStub
from headrace.api.storage.v1.run_store_service_pb2 import GetRunRequest
from headrace.api.storage.v1.run_store_service_pb2_grpc import RunStoreServiceStub
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_LOADED, Location
from headrace.api.types.v1.run_pb2 import Run
from headrace.clock import Clock, SystemClock
from headrace.ids import RandomIds
from headrace_services.coordinator.main import build as build_coordinator
from headrace_services.gateway.main import build as build_gateway
from headrace_services.kit.app import App
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.services import ServiceAddress, ServicesConfig
from headrace_services.kit.service import Build
from headrace_services.launcher.main import build as build_launcher
from headrace_services.scheduler.main import build as build_scheduler
from headrace_services.storage.main import build as build_storage
from rig.ports import free_port
from rig.waiting import PATIENCE, wait_until_async

BUILDS: Mapping[str, Build] = {
    "storage": build_storage,
    "coordinator": build_coordinator,
    "launcher": build_launcher,
    "scheduler": build_scheduler,
}
# Whoever wants the front door asks for it.
ALL_BUILDS: Mapping[str, Build] = {**BUILDS, "gateway": build_gateway}


@dataclass
class ControlPlane:
    """Running services, and stubs to call them with."""

    app: App
    start_another: Callable[..., Awaitable[ControlPlane]]
    ids: RandomIds = field(default_factory=RandomIds)

    def stub(self, kind: Callable[[Any], Any], service: str) -> Any:
        """A stub of one of the services."""
        return kind(self.app._peers.channel(service))

    async def another(self, *services: str, **options: Any) -> ControlPlane:
        """Starts more services that find the others here, over the network."""
        there = ServiceAddress(listen=f"127.0.0.1:{self.app.port}")
        addresses = ServicesConfig(storage=there, coordinator=there)
        return await self.start_another(*services, services=addresses, **options)

    @property
    def coordinator(self) -> Any:
        """Calls the coordinator."""
        return self.stub(CoordinatorServiceStub, "coordinator")

    @property
    def runs(self) -> Any:
        """Calls the run store."""
        return self.stub(RunStoreServiceStub, "storage")

    async def submit(self, run: Run | None = None, request_id: str = "", **fields: Any) -> Run:
        """Submits a run and returns it as stored."""
        request = pb.SubmitRunRequest(request_id=request_id or self.ids.uuid7(), run=run or Run(**fields))
        return cast(Run, (await self.coordinator.SubmitRun(request)).run)

    async def run(self, run_id: str) -> Run:
        """A run as it is now."""
        return cast(Run, (await self.runs.GetRun(GetRunRequest(run_id=run_id))).run)

    async def run_in(self, run_id: str, *states: int, timeout: float = PATIENCE) -> Run:
        """Waits until a run is in one of some states."""

        async def look() -> Run | None:
            run = await self.run(run_id)
            return run if run.state in states else None

        return cast(Run, await wait_until_async(look, timeout, f"run {run_id} in {states}"))

    async def events(self, run_id: str) -> list[Any]:
        """The first thousand events of a run."""
        log = self.stub(EventLogServiceStub, "storage")
        request = ListEventsRequest(filter=EventFilter(run_id=run_id), page_size=1000)
        return list((await log.ListEvents(request)).events)

    async def states(self, run_id: str) -> list[int]:
        """The states that a run went through."""
        return [
            event.run_state_changed.state
            for event in await self.events(run_id)
            if event.WhichOneof("detail") == "run_state_changed"
        ]

    async def location(self, name: str) -> Location:
        """A location as the coordinator sees it."""
        locations = (await self.coordinator.ListLocations(pb.ListLocationsRequest())).locations
        return next(location for location in locations if location.name == name)

    async def location_in(self, name: str, state: int = LOCATION_STATE_LOADED, timeout: float = PATIENCE) -> Location:
        """Waits until a location is in a state."""

        async def look() -> Location | None:
            location = await self.location(name)
            return location if location.state == state else None

        return cast(Location, await wait_until_async(look, timeout, f"location {name} in state {state}"))

    async def add_location(self, name: str, address: str) -> Location:
        """Adds a location and waits until it has loaded."""
        self.app.addresses.set(name, address)
        return await self.location_in(name)


StartControlPlane = Callable[..., Awaitable[ControlPlane]]


@pytest.fixture
async def start_control_plane(tmp_path: Path) -> AsyncIterator[StartControlPlane]:
    """Starts services: `await start_control_plane("storage", "coordinator", run_queue=RunQueue(...))`."""
    planes: list[ControlPlane] = []

    async def start(*services: str, clock: Clock | None = None, port: int = 0, **settings: Any) -> ControlPlane:
        port = port or free_port()
        listen = f"127.0.0.1:{port}"
        instance = InstanceConfig(home=tmp_path, services=ServicesConfig(coordinator=ServiceAddress(listen=listen)))
        builds = {name: ALL_BUILDS[name] for name in (services or BUILDS)}
        app = App(replace(instance, **settings), builds, listen, clock=clock or SystemClock())
        await app.start()
        planes.append(ControlPlane(app, start))
        return planes[-1]

    yield start
    await asyncio.gather(*(plane.app.stop() for plane in planes))
