"""The `@sensor` decorator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition
from headrace.definitions.source import source_of


def sensor(
    job_name: str | Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    job: ExecutableDefinition | None = None,
    jobs: Sequence[ExecutableDefinition] | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    asset_selection: Any = None,
    required_resource_keys: Set[str] | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    target: Any = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Callable[..., Any]], SensorDefinition]:
    """Makes a sensor of a function that is called again and again.

    The function takes a `SensorEvaluationContext` and resources, both optional. It returns a `RunRequest`, a list of
    them, a `SkipReason`, a `SensorResult` or nothing; or yields them.

    Args:
        job_name: The job, by name.
        name: The sensor's name; the function's when left out.
        minimum_interval_seconds: The shortest time between two evaluations; 30 when left out.
        description: What it is for; the function's docstring when left out.
        job: The job.
        jobs: Several jobs; every `RunRequest` then names one.
        default_status: Whether it is on until somebody says otherwise.
        asset_selection: The assets that it may ask for, when it has no job.
        required_resource_keys: Resources that the function reads from `context.resources`.
        tags: Shown with it.
        metadata: Shown with it.
        target: The job, several jobs, assets, or a selection of assets.
        owners: Who answers for it.
    """

    def make(function: Callable[..., Any]) -> SensorDefinition:
        return SensorDefinition(
            name or function.__name__,
            evaluation_fn=function,
            job_name=None if callable(job_name) else job_name,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description if description is not None else docstring_of(function),
            job=job,
            jobs=jobs,
            default_status=default_status,
            asset_selection=asset_selection,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            target=target,
            owners=owners,
            source=source_of(function),
        )

    if callable(job_name):
        return make(job_name)
    return make
