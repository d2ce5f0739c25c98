"""The loaded code of a location, by name."""

from __future__ import annotations

from headrace.definitions.definitions import Definitions
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.errors import TargetNotFoundError, UnknownNameError
from headrace_codeloc.options import CodeSource


class LoadedLocation:
    """What the user's code defines.

    Args:
        definitions: All of it.
        source: Where it came from, to load it again elsewhere.
    """

    def __init__(self, definitions: Definitions, source: CodeSource) -> None:
        self.definitions = definitions
        self.source = source

    def job(self, name: str) -> JobDefinition:
        """Returns a job.

        Raises:
            TargetNotFoundError: there is none of that name.
        """
        try:
            return self.definitions.resolve_job(name)
        except UnknownNameError as error:
            raise _not_found("job", name, error) from None

    def schedule(self, name: str) -> ScheduleDefinition:
        """Returns a schedule.

        Raises:
            TargetNotFoundError: there is none of that name.
        """
        try:
            return self.definitions.resolve_schedule(name)
        except UnknownNameError as error:
            raise _not_found("schedule", name, error) from None

    def sensor(self, name: str) -> SensorDefinition:
        """Returns a sensor.

        Raises:
            TargetNotFoundError: there is none of that name.
        """
        try:
            return self.definitions.resolve_sensor(name)
        except UnknownNameError as error:
            raise _not_found("sensor", name, error) from None


def _not_found(kind: str, name: str, error: UnknownNameError) -> TargetNotFoundError:
    return TargetNotFoundError(str(error), metadata={"kind": kind, "name": name})
