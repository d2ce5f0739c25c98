"""What a schedule's function gets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headrace.definitions.automation.evaluation_context import EvaluationContext
from headrace.errors import InvariantViolationError


class ScheduleEvaluationContext(EvaluationContext):
    """What a schedule's function gets: the time it is evaluated for, a log, resources.

    Args:
        scheduled_execution_time: The due time.
        schedule_name: The schedule's name.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance, if there is one.
        log: Where to log.
        definitions: The definitions that the schedule is part of.
    """

    made_by = "build_schedule_context"

    def __init__(
        self,
        scheduled_execution_time: datetime | None = None,
        *,
        schedule_name: str | None = None,
        resources: Mapping[str, Any] | None = None,
        instance: Any = None,
        log: Any = None,
        definitions: Any = None,
    ) -> None:
        super().__init__(resources=resources, instance=instance, log=log, definitions=definitions)
        self._scheduled_execution_time = scheduled_execution_time
        self.schedule_name = schedule_name

    @property
    def scheduled_execution_time(self) -> datetime:
        """The due time, in the schedule's time zone."""
        if self._scheduled_execution_time is None:
            raise InvariantViolationError(
                "The context has no scheduled_execution_time; give it to build_schedule_context."
            )
        return self._scheduled_execution_time

    @property
    def has_scheduled_execution_time(self) -> bool:
        """Whether there is a due time."""
        return self._scheduled_execution_time is not None


def build_schedule_context(
    instance: Any = None,
    scheduled_execution_time: datetime | None = None,
    resources: Mapping[str, object] | None = None,
    repository_def: Any = None,
) -> ScheduleEvaluationContext:
    """A context to call a schedule's function with, in tests.

    Args:
        instance: The instance, if it needs one.
        scheduled_execution_time: The due time.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        repository_def: The definitions that the schedule is part of.
    """
    return ScheduleEvaluationContext(
        scheduled_execution_time, resources=resources, instance=instance, definitions=repository_def
    )
