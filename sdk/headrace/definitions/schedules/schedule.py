"""Schedules: runs at the due times of cron strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from headrace.config.run_config import RunConfig, to_run_config
from headrace.definitions.assets.spec import checked_owners
from headrace.definitions.automation.evaluation import EvaluationFunction, as_list, split_results
from headrace.definitions.automation.partitioned_requests import with_partition_of
from headrace.definitions.automation.run_request import RunRequest, SkipReason
from headrace.definitions.automation.stale_requests import NOTHING_STALE, of_stale_assets
from headrace.definitions.automation.target import (
    AutomationTarget,
    ExecutableDefinition,
    ResolvableJob,
    job_named,
    one_of,
    target_of_job,
    targets_of,
)
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.naming import check_name
from headrace.definitions.notices import deprecated
from headrace.definitions.partitions.loading_context import effective_time, partition_loading_context
from headrace.definitions.schedules.context import ScheduleEvaluationContext
from headrace.definitions.schedules.cron import check_cron, check_timezone
from headrace.definitions.source import SourceLocation, calling_source
from headrace.definitions.tags import normalize_tags
from headrace.errors import (
    HeadraceError,
    InvalidCronError,
    InvalidDefinitionError,
    InvariantViolationError,
    ScheduleEvaluationError,
)

DEFAULT_TIME_ZONE = "UTC"


class DefaultScheduleStatus(Enum):
    """Whether a schedule is on until somebody says otherwise."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


@dataclass(frozen=True)
class ScheduleTickData:
    """What a schedule decided at a due time.

    Attributes:
        run_requests: The runs it asks for; each names its job.
        skip_message: Why it asks for none, if it says so.
    """

    run_requests: Sequence[RunRequest]
    skip_message: str | None = None

    def __getitem__(self, index: int) -> Any:
        """The requests, or the message: older code takes it for a tuple."""
        return (self.run_requests, self.skip_message)[index]


class ScheduleDefinition:
    """Runs a job, or assets, at the due times of cron strings.

    Args:
        name: Unique among the schedules and sensors of a location; `<job>_schedule` when left out.
        cron_schedule: A cron string, or several: due when any of them is.
        job_name: The job, by name.
        run_config: The run config of every run.
        run_config_fn: Makes the run config from a context.
        tags: Tags of every run.
        tags_fn: Makes the tags from a context.
        should_execute: Tells from a context whether to run at all.
        execution_timezone: The time zone of the cron strings; UTC when left out.
        execution_fn: Decides everything: returns or yields `RunRequest`s, or a `SkipReason`.
        description: What it is for.
        job: The job.
        default_status: Whether it is on until somebody says otherwise.
        required_resource_keys: Resources that the functions read from `context.resources`.
        target: The job, assets, or a selection of assets.
        metadata: Shown with it.
        owners: Who answers for it.
        environment_vars: Accepted for older code; not used.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        cron_schedule: str | Sequence[str],
        job_name: str | None = None,
        run_config: Mapping[str, Any] | RunConfig | None = None,
        run_config_fn: Callable[..., Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        tags_fn: Callable[..., Mapping[str, str]] | None = None,
        should_execute: Callable[..., bool] | None = None,
        execution_timezone: str | None = None,
        execution_fn: Callable[..., Any] | None = None,
        description: str | None = None,
        job: ExecutableDefinition | None = None,
        default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
        required_resource_keys: Set[str] | None = None,
        target: Any = None,
        metadata: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        source: SourceLocation | None = None,
        environment_vars: Mapping[str, str] | None = None,
    ) -> None:
        if environment_vars is not None:
            deprecated(
                "environment_vars of a schedule is deprecated: it sets nothing. Set variables where the code runs."
            )
        what = f"Schedule {name!r}" if name else "A schedule"
        one_of(what, job=job, job_name=job_name, target=target)
        one_of(what, run_config=run_config, run_config_fn=run_config_fn, execution_fn=execution_fn)
        one_of(what, tags=tags, tags_fn=tags_fn)
        self.target = _target(job, job_name, target, name, what)
        self.name = check_name(name or f"{self.target.job_name}_schedule", "A schedule's name")
        self._what = f"Schedule {self.name!r}"
        self.source = source or calling_source()
        self.cron_schedule = _checked_cron(cron_schedule)
        self.execution_timezone = _checked_zone(execution_timezone, self.name)
        self.description = description
        self.default_status = DefaultScheduleStatus(default_status)
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.owners = checked_owners(owners or (), what)
        self.tags: dict[str, str] = normalize_tags(tags, f"The tags of schedule {self.name!r}")
        self._run_config = to_run_config(run_config)
        self._run_config_fn = _function(run_config_fn, f"{self._what}: run_config_fn")
        self._tags_fn = _function(tags_fn, f"{self._what}: tags_fn")
        self._should_execute = _function(should_execute, f"{self._what}: should_execute")
        self._execution_fn = _function(execution_fn, self._what)
        self.required_resource_keys = frozenset(required_resource_keys or ()).union(
            *(each.resources for each in (self._execution_fn, self._run_config_fn, self._should_execute) if each)
        )

        if execution_fn is not None:
            self.__doc__ = execution_fn.__doc__

    @property
    def job_name(self) -> str:
        """The job that it runs."""
        return self.target.job_name

    @property
    def job(self) -> ResolvableJob:
        """The job that it runs; raises an error if it was given by name."""
        if self.target.job is None:
            raise InvalidDefinitionError(
                f"{self._what} names its job {self.job_name!r} and does not hold it: No job was provided to ScheduleDefinition."
            )
        return self.target.job

    @property
    def has_job(self) -> bool:
        """Whether it holds its job, and does not only name it."""
        return self.target.job is not None

    @property
    def cron_schedules(self) -> Sequence[str]:
        """The cron strings."""
        return [self.cron_schedule] if isinstance(self.cron_schedule, str) else list(self.cron_schedule)

    @property
    def time_zone(self) -> str:
        """The time zone of the cron strings."""
        return self.execution_timezone or DEFAULT_TIME_ZONE

    @property
    def fixed_request(self) -> RunRequest | None:
        """The run that it asks for at every due time; None where a function decides."""
        functions = (self._execution_fn, self._should_execute, self._run_config_fn, self._tags_fn)
        if any(function is not None for function in functions):
            return None
        return self._completed(RunRequest(run_config=self._run_config or {}))

    @property
    def is_partitioned(self) -> bool:
        """Whether its job is, as far as it holds its job."""
        return self.target.job is not None and self.target.job.partitions_def is not None

    def evaluate_tick(self, context: ScheduleEvaluationContext) -> ScheduleTickData:
        """Decides for the due time in the context."""
        context.require(self.required_resource_keys, self._what)
        try:
            return self._decide(context)
        except HeadraceError:
            raise
        except Exception as error:
            raise ScheduleEvaluationError(f"{self._what} raised {error!r}.", user_exception=error) from error

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the decorated function, as tests do."""
        if self._execution_fn is None:
            raise InvariantViolationError(f"{self._what} has no function to call; use evaluate_tick.")
        return self._execution_fn.invoke(ScheduleEvaluationContext, args, kwargs)

    def bound_to(self, resolve_job: Callable[[str], JobDefinition]) -> ScheduleDefinition:
        """The same, with what its job only tells when all definitions are put together."""
        return self

    def with_updated_job(self, new_job: ExecutableDefinition) -> ScheduleDefinition:
        """The same for another job."""
        updated = copy(self)
        updated.target = target_of_job(new_job, self._what)
        return updated

    def with_attributes(self, *, metadata: Mapping[str, Any] | None = None) -> ScheduleDefinition:
        """The same with other metadata.

        Args:
            metadata: The metadata instead of its own; its own when left out.
        """
        updated = copy(self)
        if metadata is not None:
            updated.metadata = normalize_metadata(metadata)
        return updated

    def _decide(self, context: ScheduleEvaluationContext) -> ScheduleTickData:
        if self._should_execute is not None and not self._should_execute(context):
            return ScheduleTickData([], f"should_execute function for {self.name} returned false.")
        results = [self._own_request(context)] if self._execution_fn is None else self._executed(context)
        requests, skip = split_results(results, self._what)
        if len(requests) > 1 and any(request.run_key is None for request in requests):
            raise InvariantViolationError(f"{self._what} gave several RunRequests; each of them needs a run_key.")
        with partition_loading_context(self._latest(context)):
            completed = [self._completed(each, context.definitions) for each in requests]
            wanted = of_stale_assets(completed, context.definitions, context.given_instance, self._what)
        message = skip.skip_message if skip else NOTHING_STALE if completed and not wanted else None
        return ScheduleTickData(wanted, message)

    def _latest(self, context: ScheduleEvaluationContext) -> datetime | None:
        """The time at which partitions are there: now, or that of a tick that is still to come."""
        if not context.has_scheduled_execution_time:
            return None
        due = context.scheduled_execution_time
        now = effective_time(None)
        aware = due if due.tzinfo is not None else due.replace(tzinfo=ZoneInfo(self.time_zone))
        return max(now, aware)

    def _own_request(self, context: ScheduleEvaluationContext) -> RunRequest:
        run_config = self._run_config if self._run_config_fn is None else self._run_config_fn(context)
        tags = {} if self._tags_fn is None else self._tags_fn(context)
        return RunRequest(run_config=run_config or {}, tags=tags or {})

    def _executed(self, context: ScheduleEvaluationContext) -> list[RunRequest | SkipReason]:
        assert self._execution_fn is not None
        results = as_list(self._execution_fn(context))
        # A function may also return nothing but the run config of the one run.
        return [
            RunRequest(run_config=each, tags=self.tags) if isinstance(each, (dict, RunConfig)) else each
            for each in results
        ]

    def _completed(self, request: RunRequest, definitions: Any = None) -> RunRequest:
        # A function that asks for runs decides their tags as well: the schedule's are its own.
        tags = {**self.tags, **request.tags} if self._execution_fn is None else request.tags
        completed = replace(request, job_name=request.job_name or self.job_name, tags=tags)
        return with_partition_of(completed, job_named(str(completed.job_name), [self.target], definitions))

    def _use(self, execution_fn: Callable[..., Any]) -> None:
        """Decides with another function."""
        self._execution_fn = _function(execution_fn, self._what)

    def __repr__(self) -> str:
        return f"ScheduleDefinition({self.name!r}, {self.cron_schedule!r}, {self.job_name!r})"


def _target(job: Any, job_name: str | None, target: Any, name: str | None, what: str) -> AutomationTarget:
    if job_name is not None:
        return AutomationTarget(check_name(job_name, f"{what}: job_name"))
    if job is not None:
        return target_of_job(job, what)
    if target is not None:
        return targets_of(target, name, what)
    raise InvalidDefinitionError(f"{what} has nothing to run: give job, job_name or target.")


def _checked_zone(zone: str | None, name: str) -> str | None:
    try:
        return None if zone is None else check_timezone(zone)
    except InvalidCronError as error:
        raise InvalidCronError(f"Invalid execution timezone {zone} for {name}. {error}") from None


def _checked_cron(cron: str | Sequence[str]) -> str | Sequence[str]:
    if isinstance(cron, (list, tuple)):
        if not cron:
            raise InvalidDefinitionError("cron_schedule is an empty list; give at least one cron string.")
        return [check_cron(each) for each in cron]
    return check_cron(cron)


def _function(function: Callable[..., Any] | None, what: str) -> EvaluationFunction | None:
    return None if function is None else EvaluationFunction(function, what)
