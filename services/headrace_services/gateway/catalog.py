"""What code locations define, as the coordinator last loaded it; fetched when asked for, kept by digest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from headrace.api.coordinator.v1 import coordinator_service_pb2 as coordinator_pb2
from headrace.api.types.v1 import asset_pb2, definitions_pb2, job_pb2, location_pb2, schedule_pb2, sensor_pb2
from headrace.errors import InvalidArgumentError, LocationNotFoundError, TargetNotFoundError, UnavailableError
from headrace.suggestions import did_you_mean
from headrace_services.gateway.pages import Key
from headrace_services.gateway.stubs import Backends

D = TypeVar("D")

_PAGE_SIZE = 1000
_KINDS = ("asset", "job", "schedule", "sensor", "resource")


@dataclass(frozen=True, slots=True)
class LocationDefinitions:
    """What one location defines, of what the gateway shows.

    Attributes:
        name: The location.
        digest: Tells one version of its definitions from another.
        assets: Its assets by key.
        jobs: Its jobs by name.
        schedules: Its schedules by name.
        sensors: Its sensors by name.
        resources: Its resources, by key.
    """

    name: str
    digest: str
    assets: Mapping[Key, asset_pb2.AssetDefinition] = field(default_factory=dict)
    jobs: Mapping[str, job_pb2.JobDefinition] = field(default_factory=dict)
    schedules: Mapping[str, schedule_pb2.ScheduleDefinition] = field(default_factory=dict)
    sensors: Mapping[str, sensor_pb2.SensorDefinition] = field(default_factory=dict)
    resources: Sequence[job_pb2.ResourceDefinition] = ()


class Catalog:
    """The definitions of all locations."""

    def __init__(self, backends: Backends) -> None:
        self._coordinator = backends.coordinator
        self._kept: dict[str, LocationDefinitions] = {}
        self._loading = asyncio.Lock()

    async def locations(self) -> list[location_pb2.Location]:
        """Returns all locations by name."""
        found: list[location_pb2.Location] = []
        token = ""
        while True:
            page = await self._coordinator.ListLocations(
                coordinator_pb2.ListLocationsRequest(page_size=_PAGE_SIZE, page_token=token)
            )
            found += page.locations
            token = page.next_page_token
            if not token:
                return found

    async def definitions(self, location_name: str = "") -> list[LocationDefinitions]:
        """Returns the definitions of all locations that have some, or of one."""
        locations = await self.locations()
        for gone in self._kept.keys() - {location.name for location in locations}:
            del self._kept[gone]
        return [
            await self._of(location)
            for location in locations
            if location.definitions_digest and location_name in ("", location.name)
        ]

    async def find(
        self, noun: str, name: str, location_name: str, among: Callable[[LocationDefinitions], Mapping[str, D]]
    ) -> tuple[str, D]:
        """Returns the location and the definition of the one thing with that name.

        Raises:
            LocationNotFoundError: there is no such location.
            TargetNotFoundError: no location has the name.
            InvalidArgumentError: several have it.
        """
        definitions = await self.definitions(location_name)
        if location_name and not definitions:
            await self._check_location(location_name)
        found = [(each.name, among(each)[name]) for each in definitions if name in among(each)]
        if len(found) == 1:
            return found[0]
        if not found:
            known = [each for location in definitions for each in among(location)]
            where = f" in location {location_name!r}" if location_name else ""
            raise TargetNotFoundError(
                f"there is no {noun} {name!r}{where}{did_you_mean(name, known)}", metadata={noun: name}
            )
        places = ", ".join(repr(place) for place, _ in found)
        raise InvalidArgumentError(
            violations={"location_name": f"locations {places} each have a {noun} {name!r}: name one of them"}
        )

    async def _check_location(self, name: str) -> None:
        names = [location.name for location in await self.locations()]
        if name not in names:
            raise LocationNotFoundError(
                f"there is no code location {name!r}{did_you_mean(name, names)}", metadata={"location": name}
            )

    async def _of(self, location: location_pb2.Location) -> LocationDefinitions:
        async with self._loading:
            kept = self._kept.get(location.name)
            if kept is None or kept.digest != location.definitions_digest:
                kept = self._kept[location.name] = await self._load(location.name)
            return kept

    async def _load(self, name: str) -> LocationDefinitions:
        found: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
        trailer: definitions_pb2.DefinitionsTrailer | None = None
        async for response in self._coordinator.GetDefinitions(
            coordinator_pb2.GetDefinitionsRequest(location_name=name)
        ):
            if response.part.HasField("trailer"):
                trailer = response.part.trailer
            for definition in response.part.batch.definitions:
                kind = definition.WhichOneof("kind") or ""
                if kind in found:
                    found[kind].append(getattr(definition, kind))
        if trailer is None:
            raise UnavailableError(f"the definitions of location {name!r} arrived incomplete")
        return LocationDefinitions(
            name,
            trailer.digest,
            {tuple(asset.asset_key.path): asset for asset in found["asset"]},
            {job.name: job for job in found["job"]},
            {schedule.name: schedule for schedule in found["schedule"]},
            {sensor.name: sensor for sensor in found["sensor"]},
            found["resource"],
        )
