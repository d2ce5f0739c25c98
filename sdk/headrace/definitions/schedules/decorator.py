"""The `@schedule` decorator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.schedules.schedule import DefaultScheduleStatus, ScheduleDefinition
from headrace.definitions.source import source_of


def schedule(
    cron_schedule: str | Sequence[str],
    *,
    job_name: str | None = None,
    name: str | None = None,
    tags: Mapping[str, Any] | None = None,
    tags_fn: Callable[..., Mapping[str, str]] | None = None,
    should_execute: Callable[..., bool] | None = None,
    execution_timezone: str | None = None,
    description: str | None = None,
    job: ExecutableDefinition | None = None,
    default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
    required_resource_keys: Set[str] | None = None,
    target: Any = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    environment_vars: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], ScheduleDefinition]:
    """Makes a schedule of a function that is called at every due time.

    The function takes a `ScheduleEvaluationContext` and resources, both optional. It returns a `RunRequest`, a list of
    them, run config for one, a `SkipReason` or nothing; or yields them.

    Args:
        cron_schedule: A cron string, or several: due when any of them is.
        job_name: The job, by name.
        name: The schedule's name; the function's when left out.
        tags: Tags of every run.
        tags_fn: Makes the tags from a context.
        should_execute: Tells from a context whether to call the function at all.
        execution_timezone: The time zone of the cron strings; UTC when left out.
        description: What it is for; the function's docstring when left out.
        job: The job.
        default_status: Whether it is on until somebody says otherwise.
        required_resource_keys: Resources that the function reads from `context.resources`.
        target: The job, assets, or a selection of assets.
        metadata: Shown with it.
        owners: Who answers for it.
        environment_vars: Accepted for older code; not used.
    """

    def make(function: Callable[..., Any]) -> ScheduleDefinition:
        return ScheduleDefinition(
            name or function.__name__,
            cron_schedule=cron_schedule,
            job_name=job_name,
            tags=tags,
            tags_fn=tags_fn,
            environment_vars=environment_vars,
            should_execute=should_execute,
            execution_timezone=execution_timezone,
            execution_fn=function,
            description=description if description is not None else docstring_of(function),
            job=job,
            default_status=default_status,
            required_resource_keys=required_resource_keys,
            target=target,
            metadata=metadata,
            owners=owners,
            source=source_of(function),
        )

    return make
