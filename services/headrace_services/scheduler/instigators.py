"""Schedules and sensors as the scheduler knows them: what their code says, and what storage keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_KIND_SCHEDULE,
    INSTIGATOR_STATE_RUNNING,
    INSTIGATOR_STATE_UNSPECIFIED,
    Instigator,
    InstigatorKind,
    InstigatorRef,
    RunRequest,
)
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import (
    SENSOR_KIND_RUN_STATE,
    SENSOR_KIND_UNSPECIFIED,
    SensorDefinition,
    SensorKind,
)
from headrace_services.scheduler import sensors
from headrace_services.scheduler.ticks import Cadence, counted_from

Definition = ScheduleDefinition | SensorDefinition

# A schedule or sensor says so by a tag: for how many seconds its code may take to decide.
PATIENCE_TAG = "headrace/evaluation_timeout_seconds"
_PATIENCE_SECONDS, _MOST_PATIENCE_SECONDS = 60.0, 3600.0
# The location ends the code and still has to say so.
_HOP_SECONDS = 1.0


class Key(NamedTuple):
    """Names a schedule or sensor in a deployment."""

    location_name: str
    kind: InstigatorKind.ValueType
    name: str

    @property
    def kind_name(self) -> str:
        """The kind as metrics write it."""
        return "schedule" if self.kind == INSTIGATOR_KIND_SCHEDULE else "sensor"

    def ref(self) -> InstigatorRef:
        """Returns it as the contract has it."""
        return InstigatorRef(location_name=self.location_name, kind=self.kind, name=self.name)


def key_of(ref: InstigatorRef) -> Key:
    """Returns the key of a reference."""
    return Key(ref.location_name, ref.kind, ref.name)


def moment(time: Timestamp) -> datetime:
    """Returns a timestamp as an aware datetime."""
    return time.ToDatetime(tzinfo=timezone.utc)


@dataclass
class Entry:
    """One schedule or sensor.

    Attributes:
        key: Names it.
        definition: What its code says.
        since: When this replica saw it switched on by its code alone; None if storage knows better.
        stored: What storage keeps; None if it was never touched.
        failures: Evaluations in a row that this replica could not bring to an end.
        attempts: Failed evaluations of the tick that is due.
        busy: Whether it is being evaluated.
        woken: When it heard of something that it has not been asked about; None if it has not.
    """

    key: Key
    definition: Definition
    since: datetime | None = None
    stored: Instigator | None = None
    failures: int = 0
    attempts: int = 0
    busy: bool = False
    woken: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether it is to be evaluated: what a user said wins over what its code says."""
        said = self.stored.state if self.stored is not None else INSTIGATOR_STATE_UNSPECIFIED
        return (said or self.definition.default_state) == INSTIGATOR_STATE_RUNNING

    @property
    def etag(self) -> str:
        """What a commit must say it has read."""
        return self.stored.etag if self.stored is not None else ""

    @property
    def cursor(self) -> str:
        """The sensor's cursor."""
        return self.stored.cursor if self.stored is not None else ""

    @property
    def last_tick(self) -> datetime | None:
        """The due time of the newest committed tick."""
        stored = self.stored
        return moment(stored.last_tick_time) if stored is not None and stored.HasField("last_tick_time") else None

    @property
    def active_since(self) -> datetime | None:
        """The moment it was switched on, if that is known."""
        stored = self.stored
        return moment(stored.active_since_time) if stored is not None and stored.HasField("active_since_time") else None

    @property
    def fixed_request(self) -> RunRequest | None:
        """The run that a schedule asks for at every due time, if nobody has to be asked."""
        definition = self.definition
        if isinstance(definition, ScheduleDefinition) and definition.HasField("fixed_request"):
            return definition.fixed_request
        return None

    @property
    def patience_seconds(self) -> float:
        """How long its code may take."""
        wanted = self.tags.get(PATIENCE_TAG, "")
        seconds = float(wanted) if wanted.replace(".", "", 1).isdecimal() else _PATIENCE_SECONDS
        return min(max(seconds, 1.0), _MOST_PATIENCE_SECONDS) + _HOP_SECONDS

    @property
    def tags(self) -> dict[str, str]:
        """The definition's own tags."""
        return _tags(self.definition.tags)

    def cadence(self) -> Cadence:
        """Returns the moments that a schedule stands for."""
        assert isinstance(self.definition, ScheduleDefinition)
        return Cadence(tuple(self.definition.cron_expressions), self.definition.time_zone or "UTC")

    def counted_from(self) -> datetime:
        """Returns the moment after which a schedule's ticks count."""
        return counted_from([self.last_tick, self.active_since, self.since])

    @property
    def sensor_kind(self) -> SensorKind.ValueType:
        """How a sensor decides."""
        return self.definition.kind if isinstance(self.definition, SensorDefinition) else SENSOR_KIND_UNSPECIFIED

    def next_due(self, now: datetime) -> datetime | None:
        """Returns the first moment at which it should be evaluated; it may have passed. None: not before it is woken."""
        if isinstance(self.definition, ScheduleDefinition):
            return self.cadence().next_after(self.counted_from())
        if self.definition.kind == SENSOR_KIND_RUN_STATE:
            return self.woken
        minimum = timedelta(microseconds=self.definition.minimum_interval.ToMicroseconds())
        failures = self.stored.failure_count if self.stored is not None else 0
        due = sensors.next_evaluation(minimum, failures, self.last_tick, self.active_since, now, self.key.name)
        if self.woken is None or failures:
            return due
        return min(due, sensors.earliest(self.woken, self.last_tick))


def _tags(tags: Iterable[Tag]) -> dict[str, str]:
    return {tag.key: tag.value for tag in tags}
