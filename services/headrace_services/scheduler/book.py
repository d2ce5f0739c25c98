"""All schedules and sensors, and when each is due next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_KIND_SCHEDULE, INSTIGATOR_KIND_SENSOR, Instigator
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_AUTOMATION, SENSOR_KIND_RUN_STATE, SensorKind
from headrace.clock import Clock
from headrace.errors import HeadraceError, LocationNotFoundError, LocationUnreachableError, TargetNotFoundError
from headrace_services.scheduler.instigators import Definition, Entry, Key, key_of
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.sensors import spread
from headrace_services.scheduler.timetable import Timetable

# A sensor this much overdue was not merely waiting for its turn: the scheduler was away, and others wait too.
_LATE = timedelta(seconds=5)


@dataclass
class Place:
    """A location as far as the scheduler needs it.

    Attributes:
        address: Where its server is.
        usable: Whether it can evaluate anything now.
        problem: Why not, or why its newest code is not in use.
        digest: Of the definitions that are in the book.
        keys: Its schedules and sensors.
    """

    address: str = ""
    usable: bool = False
    problem: str = ""
    digest: str = ""
    keys: set[Key] = field(default_factory=set)


class Book:
    """Keeps definitions and stored states together, and the timetable that follows from them.

    Attributes:
        timetable: When each is due next.
        places: The locations.
        knows_places: Whether these are all there are.
    """

    def __init__(self, clock: Clock, metrics: SchedulerMetrics, changed: Callable[[], None]) -> None:
        self.timetable = Timetable()
        self.places: dict[str, Place] = {}
        self.knows_places = False
        self._clock = clock
        self._metrics = metrics
        self._changed = changed
        self._entries: dict[Key, Entry] = {}
        self._by_kind: dict[SensorKind.ValueType, set[Key]] = defaultdict(set)
        self._stored: dict[Key, Instigator] = {}

    def get(self, key: Key) -> Entry | None:
        """Returns an entry; None if there is none."""
        return self._entries.get(key)

    def automation(self) -> list[Entry]:
        """Returns the sensors of automation conditions; these have no place in the timetable."""
        return self.sensors(SENSOR_KIND_AUTOMATION)

    def sensors(self, *kinds: SensorKind.ValueType) -> list[Entry]:
        """Returns the sensors of some kinds, also those that are off."""
        return [self._entries[key] for kind in kinds for key in self._by_kind[kind]]

    def find(self, key: Key) -> Entry:
        """Returns an entry.

        Raises:
            LocationNotFoundError: there is no such location.
            TargetNotFoundError: the location has no such schedule or sensor.
            LocationUnreachableError: this replica does not know yet; it has just started, or the location has.
        """
        if key in self._entries:
            return self._entries[key]
        place = self.places.get(key.location_name)
        if place is None and self.knows_places:
            raise LocationNotFoundError(f"there is no code location {key.location_name!r}")
        if place is None or not place.digest:
            raise LocationUnreachableError(f"what code location {key.location_name!r} defines is not known yet")
        raise TargetNotFoundError(f"code location {key.location_name!r} has no {key.kind_name} {key.name!r}")

    def set_place(self, name: str, address: str, *, usable: bool, problem: str = "") -> Place:
        """Says where a location is, and whether it can be used or why not."""
        place = self.places.setdefault(name, Place())
        before = place.usable
        place.address, place.usable, place.problem = address, usable, problem
        if usable != before:
            self._plan_all(place.keys)
        return place

    def remove_place(self, name: str) -> None:
        """Forgets a location."""
        place = self.places.pop(name, Place())
        for key in place.keys:
            self._forget(key)
        self.count()

    def define(self, name: str, digest: str, definitions: Iterable[Definition]) -> list[Entry]:
        """Takes over what a location defines now; returns what its code alone has switched on and storage never saw."""
        place, now = self.places[name], self._clock.now()
        keys: set[Key] = set()
        for definition in definitions:
            kind = INSTIGATOR_KIND_SCHEDULE if isinstance(definition, ScheduleDefinition) else INSTIGATOR_KIND_SENSOR
            key = Key(name, kind, definition.name)
            keys.add(key)
            self._define(key, definition, now)
        for key in place.keys - keys:
            self._forget(key)
        place.keys, place.digest = keys, digest
        self._plan_all(keys)
        self.count()
        return [entry for key in keys if (entry := self._entries[key]).is_on and entry.stored is None]

    def store(self, instigators: Iterable[Instigator]) -> None:
        """Takes over what storage keeps."""
        changed = []
        for instigator in instigators:
            key = key_of(instigator.ref)
            self._stored[key] = instigator
            entry = self._entries.get(key)
            if entry is not None and entry.etag != instigator.etag:
                entry.stored = instigator
                changed.append(key)
        self._plan_all(changed)

    def plan(self, key: Key, not_before: datetime | None = None) -> None:
        """Puts a schedule or sensor into the timetable, or takes it out."""
        entry = self._entries.get(key)
        if entry is None or entry.busy:
            # It is planned again when its evaluation ends.
            return
        place = self.places.get(key.location_name)
        timed = entry.is_on and entry.sensor_kind != SENSOR_KIND_AUTOMATION
        due = self._due(entry) if timed and place is not None and place.usable else None
        if due is None:
            self.timetable.remove(key)
            return
        if not_before is not None:
            due = max(due, not_before)
        earliest = self.timetable.next()
        self.timetable.set(key, due)
        if earliest is None or due < earliest:
            self._changed()

    def _due(self, entry: Entry) -> datetime | None:
        now = self._clock.now()
        try:
            due = entry.next_due(now)
        except HeadraceError:
            # Definitions are checked where they are made; a server of another language may have let this one pass.
            return None
        late_sensor = entry.key.kind == INSTIGATOR_KIND_SENSOR and due is not None and now - due > _LATE
        return now + spread(entry.key.name) if late_sensor else due

    def _define(self, key: Key, definition: Definition, now: datetime) -> None:
        before, stored = self._entries.get(key), self._stored.get(key)
        entry = Entry(key, definition, stored=stored)
        if before is not None:
            entry.woken = before.woken
        elif entry.sensor_kind == SENSOR_KIND_RUN_STATE:
            # What happened before it was known is found out by reading.
            entry.woken = now
        self._forget_kind(key)
        self._by_kind[entry.sensor_kind].add(key)
        if entry.is_on and (not before.is_on if before is not None else stored is None):
            entry.since = now
        elif before is not None:
            entry.since = before.since
        if before is not None and before.busy:
            before.definition, before.since = definition, entry.since
            return
        self._entries[key] = entry

    def _forget(self, key: Key) -> None:
        self._entries.pop(key, None)
        self._forget_kind(key)
        self.timetable.remove(key)

    def _forget_kind(self, key: Key) -> None:
        for keys in self._by_kind.values():
            keys.discard(key)

    def _plan_all(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.plan(key)

    def count(self) -> None:
        """Says how many are on; not after every tick, for it looks at all of them."""
        tally = Counter(key.kind_name for key, entry in self._entries.items() if entry.is_on)
        for kind in ("schedule", "sensor"):
            self._metrics.active(kind, tally[kind])
