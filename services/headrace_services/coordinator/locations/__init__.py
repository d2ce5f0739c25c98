"""The registry of code locations: what each of them defines, and how it is."""

from __future__ import annotations

from headrace_services.coordinator.locations.entry import Entry
from headrace_services.coordinator.locations.registry import LocationRegistry
from headrace_services.coordinator.locations.snapshot import Snapshot

__all__ = ["Entry", "LocationRegistry", "Snapshot"]
