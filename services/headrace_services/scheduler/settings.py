"""What the scheduler takes from the instance's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headrace_services.kit.config import InstanceConfig

_EVALUATIONS_AT_ONCE = 64


@dataclass(frozen=True)
class SchedulerSettings:
    """The scheduler's figures.

    Attributes:
        max_catchup_runs: How many missed ticks are made up for where a schedule asks for it.
        max_tick_retries: How often a failed evaluation is repeated before its tick is stored as failed.
        schedules_at_once: How many schedules are evaluated at once.
        sensors_at_once: How many sensors are evaluated at once.
        automation_on: Whether automation conditions are evaluated.
        automation_tags: Tags of the runs that they ask for.
    """

    max_catchup_runs: int
    max_tick_retries: int
    schedules_at_once: int
    sensors_at_once: int
    automation_on: bool = True
    automation_tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, instance: InstanceConfig) -> SchedulerSettings:
        """Returns what `instance` says."""
        return cls(
            max_catchup_runs=instance.scheduler.max_catchup_runs,
            max_tick_retries=instance.scheduler.max_tick_retries,
            schedules_at_once=instance.schedules.num_workers or _EVALUATIONS_AT_ONCE,
            sensors_at_once=instance.sensors.num_workers or _EVALUATIONS_AT_ONCE,
            automation_on=instance.auto_materialize.enabled,
            automation_tags=instance.auto_materialize.run_tags,
        )
