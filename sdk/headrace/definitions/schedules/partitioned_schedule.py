"""Schedules that run each partition of a job when it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.automation.run_request import RunRequest, SkipReason, run_request_for_partition
from headrace.definitions.automation.target import ResolvableJob
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.partitions.loading_context import partition_loading_context
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.definitions.partitions.window_cron import shifted_cron
from headrace.definitions.schedules.context import ScheduleEvaluationContext
from headrace.definitions.schedules.cron import previous_due
from headrace.definitions.schedules.schedule import DefaultScheduleStatus, ScheduleDefinition
from headrace.errors import InvalidDefinitionError

_NOT_YET_KNOWN = "@daily"


class PartitionedJobSchedule(ScheduleDefinition):
    """A schedule that runs each partition of a job when it is there; made with `build_schedule_from_partitioned_job`."""

    def __init__(
        self,
        job: ResolvableJob,
        *,
        moments: Mapping[str, int | None],
        given_cron: str | None,
        given_zone: str | None,
        request_tags: Mapping[str, str],
        **more: Any,
    ) -> None:
        self._moments = moments
        self._given_cron = given_cron
        self._given_zone = given_zone
        self._request_tags = request_tags
        self._partitions_def: PartitionsDefinition | None = None
        super().__init__(job=job, cron_schedule=given_cron or _NOT_YET_KNOWN, execution_fn=self._requests, **more)
        known = job.partitions_def
        if known is not None:
            self._follow(known)
        elif isinstance(job, JobDefinition):
            raise InvalidDefinitionError(f"Job {job.name!r} is not partitioned, so no schedule can be built from it.")

    def bound_to(self, resolve_job: Callable[[str], JobDefinition]) -> ScheduleDefinition:
        """The same, at the times of the partitions of the assets that the job turned out to make."""
        if self._partitions_def is not None:
            return self
        found = resolve_job(self.job_name).partitions_def
        if found is None:
            raise InvalidDefinitionError(
                f"{self!r} ({self.source}): its job makes no partitioned assets, or assets with different partitions."
            )
        bound = copy(self)
        bound._follow(found)
        bound._use(bound._requests)
        return bound

    def _follow(self, partitions_def: PartitionsDefinition) -> None:
        timed = _timed(partitions_def)
        if timed is None:
            if self._given_cron is None:
                raise InvalidDefinitionError(f"{self!r}: partitions that are no windows of time need a cron_schedule.")
            self.execution_timezone = self._given_zone
        else:
            if self._given_cron is not None or self._given_zone is not None:
                raise InvalidDefinitionError(
                    f"{self!r}: windows of time say when and in which zone they end; cron_schedule and execution_timezone "
                    "are for other partitions."
                )
            self.cron_schedule = shifted_cron(timed.cron_schedule, **self._moments)
            self.execution_timezone = timed.timezone
        self._partitions_def = partitions_def

    def _requests(self, context: ScheduleEvaluationContext) -> Sequence[RunRequest] | SkipReason:
        partitions_def = self._partitions_def
        assert partitions_def is not None
        keys = _keys_at(partitions_def, context, self._tick_before(context))
        if not keys:
            return SkipReason("There are no partitions yet.")
        with partition_loading_context(
            _aware(context.scheduled_execution_time, self.time_zone), context.given_instance
        ):
            return [run_request_for_partition(self.job, key, run_key=str(key), tags=self._request_tags) for key in keys]

    def _tick_before(self, context: ScheduleEvaluationContext) -> datetime:
        moment = _aware(context.scheduled_execution_time, self.time_zone)
        return previous_due(self.cron_schedule, self.time_zone, moment)


def build_schedule_from_partitioned_job(
    job: JobDefinition | UnresolvedAssetJobDefinition,
    description: str | None = None,
    name: str | None = None,
    minute_of_hour: int | None = None,
    hour_of_day: int | None = None,
    day_of_week: int | None = None,
    day_of_month: int | None = None,
    default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
    tags: Mapping[str, str] | None = None,
    cron_schedule: str | None = None,
    execution_timezone: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> ScheduleDefinition:
    """Makes a schedule of a partitioned job: of windows of time each one is run when it ends, of others all at each tick.

    Args:
        job: The job; partitioned itself, or making assets that are.
        description: What it is for.
        name: The name; `<job>_schedule` when left out.
        minute_of_hour: The minute to wait for after the end of a window.
        hour_of_day: The hour to wait for; for windows of days or more.
        day_of_week: The day to wait for, with Sunday as 0; for windows of weeks.
        day_of_month: The day to wait for; for windows of months.
        default_status: Whether it is on until somebody says otherwise.
        tags: Tags of every run.
        cron_schedule: When to run; for partitions that are no windows of time.
        execution_timezone: The time zone of `cron_schedule`.
        metadata: Shown with it.
        owners: Who answers for it.
    """
    moments = {
        "minute_of_hour": minute_of_hour,
        "hour_of_day": hour_of_day,
        "day_of_week": day_of_week,
        "day_of_month": day_of_month,
    }
    return PartitionedJobSchedule(
        job,
        moments=moments,
        given_cron=cron_schedule,
        given_zone=execution_timezone,
        request_tags=dict(tags or {}),
        name=name,
        description=description,
        default_status=default_status,
        metadata=metadata,
        owners=owners,
    )


def _aware(moment: datetime, zone: str) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def _timed(partitions_def: PartitionsDefinition) -> TimeWindowPartitionsDefinition | None:
    if isinstance(partitions_def, MultiPartitionsDefinition) and partitions_def.has_time_window_dimension:
        return partitions_def.time_window_partitions_def
    return partitions_def if isinstance(partitions_def, TimeWindowPartitionsDefinition) else None


def _keys_at(
    partitions_def: PartitionsDefinition, context: ScheduleEvaluationContext, tick_before: datetime
) -> Sequence[str]:
    """The partitions to run at a tick: earlier windows of time were run at earlier ticks."""
    timed = _timed(partitions_def)
    if timed is None:
        if not isinstance(partitions_def, StaticPartitionsDefinition):
            return partitions_def.get_partition_keys(None, context.given_instance)
        return partitions_def.get_partition_keys()
    last = timed.get_last_partition_key(context.scheduled_execution_time)
    if last is None or (timed.exclusions and not _is_due(timed, last, context.scheduled_execution_time, tick_before)):
        return []
    if not isinstance(partitions_def, MultiPartitionsDefinition):
        return [last]
    dimension = partitions_def.time_window_dimension.name
    return partitions_def.get_multipartition_keys_with_dimension_value(
        dimension, last, context.scheduled_execution_time, context.given_instance
    )


def _is_due(timed: TimeWindowPartitionsDefinition, last: str, now: datetime, tick_before: datetime) -> bool:
    """Whether it is the turn of the last window: those that are left out pass without anything to run."""
    if timed.end_offset < 0:
        return last != timed.get_last_partition_key(tick_before)
    everything = TimeWindowPartitionsDefinition(
        timed.start,
        timed.fmt,
        end=timed.end,
        timezone=timed.timezone,
        cron_schedule=timed.cron_schedule,
        end_offset=timed.end_offset,
    )
    turn = everything.get_last_partition_window(now)
    return turn is not None and turn.start == timed.time_window_for_partition_key(last).start
