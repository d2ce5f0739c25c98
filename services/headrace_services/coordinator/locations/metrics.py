"""Metric families of code locations."""

from __future__ import annotations

from headrace.api.types.v1.location_pb2 import LocationState
from headrace_services.coordinator.locations.entry import Entry
from headrace_services.kit.metrics import Metrics

_STATES = {number: name.removeprefix("LOCATION_STATE_").lower() for name, number in LocationState.items() if number}


class LocationMetrics:
    """Says how locations are."""

    def __init__(self, metrics: Metrics) -> None:
        self._state = metrics.gauge("location_state", "1 for the state a location is in.", ("location", "state"))
        self._load = metrics.gauge("location_load_seconds", "How long a location's code took to load.", ("location",))
        self._definitions = metrics.gauge("location_definitions", "How much a location defines.", ("location",))

    def changed(self, entry: Entry) -> None:
        """Says how a location is now."""
        for number, state in _STATES.items():
            self._state.set(float(number == entry.state), entry.name, state)
        if entry.info is not None:
            self._load.set(entry.info.load_duration.ToNanoseconds() / 1e9, entry.name)
        if entry.snapshot is not None:
            self._definitions.set(entry.snapshot.count, entry.name)
