"""A scheduler under test: real services, a location whose answers the test decides, and a clock that it sets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, cast

import grpc
import pytest

from headrace.api.scheduler.v1.scheduler_service_pb2 import PreviewTicksRequest
from headrace.api.scheduler.v1.scheduler_service_pb2_grpc import SchedulerServiceStub
from headrace.api.storage.v1.run_store_service_pb2 import ListRunsRequest
from headrace.api.storage.v1.tick_store_service_pb2 import (
    ListInstigatorsRequest,
    ListTicksRequest,
    SetInstigatorStateRequest,
)
from headrace.api.storage.v1.tick_store_service_pb2_grpc import TickStoreServiceStub
from headrace.api.types.v1.definitions_pb2 import Definition
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_KIND_SCHEDULE,
    INSTIGATOR_KIND_SENSOR,
    INSTIGATOR_STATE_RUNNING,
    INSTIGATOR_STATE_STOPPED,
    Instigator,
    InstigatorRef,
    Tick,
)
from headrace.api.types.v1.job_pb2 import JobDefinition
from headrace.api.types.v1.run_pb2 import Run
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import SensorDefinition
from rig.control_plane import ControlPlane, StartControlPlane
from rig.scripted_location import ScriptedLocation
from rig.shifted_clock import ShiftedClock
from rig.waiting import wait_until_async

# A test has this long to arrange things before it is noon.
START = datetime(2024, 5, 1, 11, 59, 10, tzinfo=timezone.utc)
NOON = datetime(2024, 5, 1, 12, 0, tzinfo=timezone.utc)
SERVICES = ("storage", "coordinator", "scheduler")


def job(name: str) -> Definition:
    return Definition(job=JobDefinition(name=name))


def schedule(name: str, *, on: bool = True, cron: str = "* * * * *", **fields: Any) -> Definition:
    state = INSTIGATOR_STATE_RUNNING if on else INSTIGATOR_STATE_STOPPED
    definition = ScheduleDefinition(name=name, cron_expressions=[cron], job_name="sums", default_state=state, **fields)
    return Definition(schedule=definition)


def sensor(
    name: str, *, on: bool = True, seconds: float = 1, jobs: tuple[str, ...] = ("sums",), **fields: Any
) -> Definition:
    state = INSTIGATOR_STATE_RUNNING if on else INSTIGATOR_STATE_STOPPED
    definition = SensorDefinition(name=name, job_names=jobs, default_state=state, **fields)
    definition.minimum_interval.FromMilliseconds(int(seconds * 1000))
    return Definition(sensor=definition)


@dataclass
class Scheduling:
    """A control plane with a scheduler, and one location whose answers the test decides."""

    plane: ControlPlane
    location: ScriptedLocation
    clock: ShiftedClock
    others: list[ControlPlane] = field(default_factory=list)

    @property
    def scheduler(self) -> Any:
        """Calls the scheduler."""
        return self.plane.stub(SchedulerServiceStub, "scheduler")

    @property
    def store(self) -> Any:
        """Calls the tick store."""
        return self.plane.stub(TickStoreServiceStub, "storage")

    async def noon(self, *names: str) -> None:
        """Sets the clock to just before noon, once the scheduler knows these schedules and since when they are on."""
        for name in names:
            for plane in (self.plane, *self.others):
                await self.known(name, plane=plane)
            await self.instigator(name)
        self.set(NOON - timedelta(seconds=0.2))

    def set(self, now: datetime) -> None:
        """Sets the clock; nobody has to notice that by himself."""
        self.clock.step(now - self.clock.now())
        for plane in (self.plane, *self.others):
            for service in plane.app.services:
                for loop in service.loops:
                    loop.wake()

    async def another_scheduler(self) -> None:
        """Starts one more replica of the scheduler alone; the clock is the same."""
        self.others.append(await self.plane.another("scheduler", clock=self.clock))

    def ref(self, name: str, kind: int = INSTIGATOR_KIND_SCHEDULE) -> InstigatorRef:
        return InstigatorRef(location_name="scripted", kind=kind, name=name)  # type: ignore[arg-type]

    async def ticks(self, name: str = "", kind: int = INSTIGATOR_KIND_SCHEDULE) -> list[Tick]:
        """Its ticks, or those of all, oldest first."""
        ref = self.ref(name, kind) if name else None
        found = list((await self.store.ListTicks(ListTicksRequest(ref=ref, page_size=500))).ticks)
        return found[::-1]

    async def ticked(self, name: str, count: int = 1, kind: int = INSTIGATOR_KIND_SCHEDULE) -> list[Tick]:
        """Waits until it has so many ticks."""

        async def look() -> list[Tick] | None:
            ticks = await self.ticks(name, kind)
            return ticks if len(ticks) >= count else None

        return cast("list[Tick]", await wait_until_async(look, 15, f"{count} ticks of {name}"))

    async def runs(self) -> list[Run]:
        """All runs."""
        return list((await self.plane.runs.ListRuns(ListRunsRequest(page_size=500))).runs)

    async def switch(self, name: str, state: int, kind: int = INSTIGATOR_KIND_SCHEDULE) -> Instigator:
        """Switches it on or off."""
        request = SetInstigatorStateRequest(
            request_id=self.plane.ids.uuid7(),
            ref=self.ref(name, kind),
            state=state,  # type: ignore[arg-type]
        )
        return cast(Instigator, (await self.store.SetInstigatorState(request)).instigator)

    async def instigator(self, name: str, kind: int = INSTIGATOR_KIND_SCHEDULE) -> Instigator:
        """What storage keeps of it."""

        async def look() -> Instigator | None:
            found = (await self.store.ListInstigators(ListInstigatorsRequest())).instigators
            return next((each for each in found if each.ref == self.ref(name, kind)), None)

        return cast(Instigator, await wait_until_async(look, what=f"{name} being kept"))

    async def known(self, name: str, kind: int = INSTIGATOR_KIND_SCHEDULE, plane: ControlPlane | None = None) -> None:
        """Waits until a scheduler knows it."""
        request = PreviewTicksRequest(ref=self.ref(name, kind))
        scheduler = (plane or self.plane).stub(SchedulerServiceStub, "scheduler")

        async def look() -> bool:
            try:
                await scheduler.PreviewTicks(request)
            except grpc.RpcError as error:
                return error.code() not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE)
            return True

        await wait_until_async(look, what=f"the scheduler knowing {name}")


StartScheduling = Callable[..., Awaitable[Scheduling]]
SENSOR = INSTIGATOR_KIND_SENSOR


@pytest.fixture
async def start_scheduling(start_control_plane: StartControlPlane) -> AsyncIterator[StartScheduling]:
    """Starts services and a location with these definitions: `await start_scheduling(job("sums"), schedule("a"))`."""
    locations: list[ScriptedLocation] = []

    async def start(*definitions: Definition, now: datetime = START, **options: Any) -> Scheduling:
        clock = ShiftedClock(now)
        location = ScriptedLocation(list(definitions))
        locations.append(location)
        for name in ("schedule", "sensor", "plan"):
            if name in options:
                setattr(location, name, options.pop(name))
        plane = await start_control_plane(*SERVICES, clock=clock, **options)
        await plane.add_location("scripted", await location.serve())
        return Scheduling(plane, location, clock)

    yield start
    for location in locations:
        await location.close()
