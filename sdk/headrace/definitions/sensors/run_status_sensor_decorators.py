"""The `@run_status_sensor` and `@run_failure_sensor` decorators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.sensors.run_status_sensor import RunFailureSensorDefinition, RunStatusSensorDefinition
from headrace.definitions.sensors.sensor import DefaultSensorStatus
from headrace.definitions.source import source_of


def run_status_sensor(
    run_status: Any,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    monitored_jobs: Sequence[Any] | None = None,
    job_selection: Sequence[Any] | None = None,
    monitor_all_code_locations: bool | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    request_job: ExecutableDefinition | None = None,
    request_jobs: Sequence[ExecutableDefinition] | None = None,
    monitor_all_repositories: bool | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], RunStatusSensorDefinition]:
    """Makes a sensor of a function that is called when a run has reached a state.

    Args:
        run_status: The state.
        name: The sensor's name; the function's when left out.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for; the function's docstring when left out.
        monitored_jobs: The jobs whose runs it watches; all when left out.
        job_selection: The older name of `monitored_jobs`.
        monitor_all_code_locations: Whether it watches runs of other locations as well.
        default_status: Whether it is on until somebody says otherwise.
        request_job: The job that it may ask for.
        request_jobs: The jobs that it may ask for.
        monitor_all_repositories: The older name of `monitor_all_code_locations`.
        tags: Shown with it.
        metadata: Shown with it.
    """

    def make(function: Callable[..., Any]) -> RunStatusSensorDefinition:
        return RunStatusSensorDefinition(
            name or function.__name__,
            run_status,
            function,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description if description is not None else docstring_of(function),
            monitored_jobs=monitored_jobs or job_selection,
            monitor_all_code_locations=monitor_all_code_locations or monitor_all_repositories,
            default_status=default_status,
            request_job=request_job,
            request_jobs=request_jobs,
            tags=tags,
            metadata=metadata,
            source=source_of(function),
        )

    return make


def run_failure_sensor(
    name: str | Callable[..., Any] | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    monitored_jobs: Sequence[Any] | None = None,
    job_selection: Sequence[Any] | None = None,
    monitor_all_code_locations: bool | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    request_job: ExecutableDefinition | None = None,
    request_jobs: Sequence[ExecutableDefinition] | None = None,
    monitor_all_repositories: bool | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Any:
    """Makes a sensor of a function that is called when a run has failed; it takes a `RunFailureSensorContext`.

    Args:
        name: The sensor's name, the function's when left out; or the function, when used without arguments.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for; the function's docstring when left out.
        monitored_jobs: The jobs whose runs it watches; all when left out.
        job_selection: The older name of `monitored_jobs`.
        monitor_all_code_locations: Whether it watches runs of other locations as well.
        default_status: Whether it is on until somebody says otherwise.
        request_job: The job that it may ask for.
        request_jobs: The jobs that it may ask for.
        monitor_all_repositories: The older name of `monitor_all_code_locations`.
        tags: Shown with it.
        metadata: Shown with it.
    """

    def make(function: Callable[..., Any]) -> RunFailureSensorDefinition:
        return RunFailureSensorDefinition(
            name if isinstance(name, str) else function.__name__,
            "failed",
            function,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description if description is not None else docstring_of(function),
            monitored_jobs=monitored_jobs or job_selection,
            monitor_all_code_locations=monitor_all_code_locations or monitor_all_repositories,
            default_status=default_status,
            request_job=request_job,
            request_jobs=request_jobs,
            tags=tags,
            metadata=metadata,
            source=source_of(function),
        )

    return make(name) if callable(name) else make
