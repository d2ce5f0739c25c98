"""What a sensor's function gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.definitions.automation.evaluation_context import EvaluationContext
from headrace.errors import InvalidInvocationError


class SensorEvaluationContext(EvaluationContext):
    """What a sensor's function gets: what it remembered, what came before, a log, resources.

    Args:
        cursor: What the sensor remembered at its last evaluation.
        last_run_key: The run key of the last run it asked for.
        last_tick_completion_time: When its last evaluation ended, in seconds since 1970.
        last_sensor_start_time: When it was last switched on, in seconds since 1970.
        sensor_name: The sensor's name.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance, if there is one.
        log: Where to log.
        definitions: The definitions that the sensor is part of.
    """

    def __init__(
        self,
        *,
        cursor: str | None = None,
        last_run_key: str | None = None,
        last_tick_completion_time: float | None = None,
        last_sensor_start_time: float | None = None,
        sensor_name: str | None = None,
        resources: Mapping[str, Any] | None = None,
        instance: Any = None,
        log: Any = None,
        definitions: Any = None,
    ) -> None:
        super().__init__(resources=resources, instance=instance, log=log, definitions=definitions)
        self._cursor = cursor
        self._cursor_updated = False
        self.last_run_key = last_run_key
        self.last_tick_completion_time = last_tick_completion_time
        self.last_sensor_start_time = last_sensor_start_time
        self.sensor_name = sensor_name

    @property
    def cursor(self) -> str | None:
        """What the sensor remembered."""
        return self._cursor

    @property
    def cursor_updated(self) -> bool:
        """Whether it has remembered something since."""
        return self._cursor_updated

    @property
    def last_completion_time(self) -> float | None:
        """The older name of `last_tick_completion_time`."""
        return self.last_tick_completion_time

    @property
    def is_first_tick_since_sensor_start(self) -> bool:
        """Whether it has not been evaluated since it was switched on."""
        if self.last_sensor_start_time is None:
            return False
        return self.last_tick_completion_time is None or self.last_tick_completion_time < self.last_sensor_start_time

    def update_cursor(self, cursor: str | None) -> None:
        """Remembers something for the next evaluation.

        Raises:
            InvalidInvocationError: it is no text.
        """
        if not isinstance(cursor, str | None):
            raise InvalidInvocationError(
                f"A cursor must be a str or None, not {cursor!r} of type {type(cursor).__name__}: "
                "keep it as text, such as str(…) or json.dumps(…) makes it."
            )
        self._cursor = cursor
        self._cursor_updated = True


def build_sensor_context(
    instance: Any = None,
    cursor: str | None = None,
    repository_name: str | None = None,
    repository_def: Any = None,
    sensor_name: str | None = None,
    resources: Mapping[str, object] | None = None,
    definitions: Any = None,
    last_sensor_start_time: float | None = None,
    last_run_key: str | None = None,
) -> SensorEvaluationContext:
    """A context to call a sensor's function with, in tests.

    Args:
        instance: The instance, if it needs one.
        cursor: What the sensor remembered.
        repository_name: Accepted for older code; not used.
        repository_def: The definitions that the sensor is part of; the older name of `definitions`.
        sensor_name: The sensor's name.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        definitions: The definitions that the sensor is part of.
        last_sensor_start_time: When it was last switched on, in seconds since 1970.
        last_run_key: The run key of the last run it asked for.
    """
    return SensorEvaluationContext(
        cursor=cursor,
        last_run_key=last_run_key,
        last_sensor_start_time=last_sensor_start_time,
        sensor_name=sensor_name,
        resources=resources,
        instance=instance,
        definitions=definitions if definitions is not None else repository_def,
    )
