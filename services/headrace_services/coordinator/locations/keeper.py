"""Keeping the registry true: one follower per location, started anew where its address changes."""

from __future__ import annotations

import asyncio

from headrace_services.coordinator.locations.entry import Entry
from headrace_services.coordinator.locations.follower import LocationFollower
from headrace_services.coordinator.locations.metrics import LocationMetrics
from headrace_services.coordinator.locations.registry import LocationRegistry
from headrace_services.kit.service import ServiceEnv
from headrace_services.kit.tasks import Tasks


class LocationKeeper:
    """Starts and ends followers as addresses come and change."""

    def __init__(self, registry: LocationRegistry, env: ServiceEnv) -> None:
        self._registry = registry
        self._env = env
        self._metrics = LocationMetrics(env.metrics)
        self._tasks = Tasks()
        self._followers: dict[str, tuple[LocationFollower, asyncio.Task[None]]] = {}

    def start(self) -> None:
        """Follows every location that has an address, and those that get one later."""
        self._env.addresses.subscribe(self.set_address)
        for name, address in self._env.addresses.current().items():
            self.set_address(name, address)

    async def stop(self) -> None:
        """Ends all followers."""
        await self._tasks.stop()

    def set_address(self, name: str, address: str) -> None:
        """Says where a location is from now on."""
        entry = self._registry.add(name, address)
        if name in self._followers:
            self._followers.pop(name)[1].cancel()
        before, entry.address = entry.address, address
        if before and before != address and before not in self._env.addresses.current().values():
            self._tasks.spawn(self._env.peers.disconnect(before), f"leave {before}")
        absence = self._env.addresses.absence(name)
        if absence:
            entry.absent(absence)
        self._changed(entry)
        if address:
            follower = LocationFollower(entry, self._env.peers, self._env.clock, self._changed)
            self._followers[name] = follower, self._tasks.spawn(follower.run(), f"location {name}")

    def follower(self, name: str) -> LocationFollower | None:
        """Returns who follows a location; None while it has no address."""
        found = self._followers.get(name)
        return found[0] if found else None

    def _changed(self, entry: Entry) -> None:
        self._metrics.changed(entry)
        self._registry.changed(entry)
