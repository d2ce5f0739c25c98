"""Sensors that are asked when a run has reached a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.automation.evaluation_context import EvaluationContext
from headrace.definitions.automation.run_request import SkipReason
from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.run_selectors import selectors_of
from headrace.definitions.sensors.run_status_tick import tick_of_runs
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition, SensorKind, SensorTickData
from headrace.definitions.source import SourceLocation
from headrace.errors import InvalidDefinitionError, InvariantViolationError

RUN_STATES = ("queued", "starting", "running", "canceling", "succeeded", "failed", "canceled")
_OLDER_NAMES = {"success": "succeeded", "failure": "failed", "started": "running"}


class RunStatusSensorContext(EvaluationContext):
    """What the function of a run-status sensor gets: the run, what happened to it, a log, resources.

    Args:
        sensor_name: The sensor's name.
        dagster_run: The run.
        dagster_event: What happened to it.
        partition_key: The partition that the run is for.
        step_failures: The events of its steps that failed; read from the instance when left out.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance, if there is one.
        log: Where to log.
        definitions: The definitions that the sensor is part of.
    """

    def __init__(
        self,
        *,
        sensor_name: str | None = None,
        dagster_run: Any = None,
        dagster_event: Any = None,
        partition_key: str | None = None,
        step_failures: Sequence[Any] | None = None,
        resources: Mapping[str, Any] | None = None,
        instance: Any = None,
        log: Any = None,
        definitions: Any = None,
    ) -> None:
        super().__init__(resources=resources, instance=instance, log=log, definitions=definitions)
        self.sensor_name = sensor_name
        self.dagster_run = dagster_run
        self.dagster_event = dagster_event
        self._partition_key = partition_key
        self._step_failures = step_failures

    @property
    def partition_key(self) -> str | None:
        """The partition that the run is for."""
        return self._partition_key or getattr(self.dagster_run, "partition_key", None)

    def for_run_failure(self) -> RunFailureSensorContext:
        """The same for the function of a run-failure sensor."""
        return RunFailureSensorContext(
            sensor_name=self.sensor_name,
            dagster_run=self.dagster_run,
            dagster_event=self.dagster_event,
            partition_key=self._partition_key,
            step_failures=self._step_failures,
            resources=self.resource_defs,
            instance=self._instance,
            log=self.log,
            definitions=self.definitions,
        )


class RunFailureSensorContext(RunStatusSensorContext):
    """What the function of a run-failure sensor gets."""

    @property
    def failure_event(self) -> Any:
        """The event of the failure."""
        return self.dagster_event

    def get_step_failure_events(self) -> Sequence[Any]:
        """The events of the steps that failed."""
        if self._step_failures is not None:
            return self._step_failures
        if self._instance is None:
            raise InvariantViolationError("The events of steps are read from an instance, and this context has none.")
        events: Sequence[Any] = self._instance.get_step_failure_events(self.dagster_run.run_id)
        return events


class RunStatusSensorDefinition(SensorDefinition):
    """A sensor that is asked when a run has reached a state; made with `@run_status_sensor` or `@run_failure_sensor`.

    Args:
        name: Unique among the schedules and sensors of a location.
        run_status: The state.
        run_status_sensor_fn: Takes a `RunStatusSensorContext` and resources, both optional.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for.
        monitored_jobs: The jobs whose runs it watches, also those of other locations by a `JobSelector`, and whole
            locations by a `CodeLocationSelector`; all jobs of its own location when left out.
        monitor_all_code_locations: Whether it watches runs of other locations as well.
        default_status: Whether it is on until somebody says otherwise.
        request_job: The job that it may ask for.
        request_jobs: The jobs that it may ask for.
        tags: Shown with it.
        metadata: Shown with it.
        required_resource_keys: Resources that the function reads from `context.resources`.
        source: Where it was written.
    """

    kind = SensorKind.RUN_STATE
    context_type: type[RunStatusSensorContext] = RunStatusSensorContext

    def __init__(
        self,
        name: str,
        run_status: Any,
        run_status_sensor_fn: Callable[..., Any],
        minimum_interval_seconds: int | None = None,
        description: str | None = None,
        monitored_jobs: Sequence[Any] | None = None,
        monitor_all_code_locations: bool | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        request_job: ExecutableDefinition | None = None,
        request_jobs: Sequence[ExecutableDefinition] | None = None,
        tags: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        required_resource_keys: Set[str] | None = None,
        source: SourceLocation | None = None,
    ) -> None:
        what = f"Sensor {name!r}"
        if monitored_jobs and monitor_all_code_locations:
            raise InvalidDefinitionError(f"{what}: give either monitored_jobs or monitor_all_code_locations.")
        super().__init__(
            name,
            evaluation_fn=run_status_sensor_fn,
            job=request_job,
            jobs=request_jobs,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description,
            default_status=default_status,
            tags=tags,
            metadata=metadata,
            required_resource_keys=required_resource_keys,
            source=source,
        )
        self.run_state = run_state_of(run_status, what)
        self.monitored_runs = selectors_of(monitored_jobs or (), what)
        self.monitor_all_code_locations = bool(monitor_all_code_locations)

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTickData:
        """Decides about the runs that an instance has recorded since the context's cursor, in tests; skips without one.

        Services ask it about each run, with `evaluate_run`.
        """
        if context.given_instance is not None:
            return tick_of_runs(self, context)
        reason = SkipReason(f"{self._what} is asked about runs that are {self.run_state}, not on a timer.")
        return self._tick([], reason, context.cursor)

    def evaluate_run(self, context: RunStatusSensorContext) -> SensorTickData:
        """Decides about one run that has reached the state."""
        return self.decide(context, None)

    def evaluate_event(self, context: SensorEvaluationContext, event: Any, run: Any) -> SensorTickData:
        """Decides about one run that has reached the state, in the context of a tick."""
        return self.evaluate_run(
            RunStatusSensorContext(
                sensor_name=self.name,
                dagster_run=run,
                dagster_event=event,
                resources=context.resource_defs,
                instance=context.given_instance,
                log=context.log,
                definitions=context.definitions,
            )
        )

    def watches(self, job_name: str) -> bool:
        """Whether it is asked about the runs of a job of its location."""
        own = [each.job_name for each in self.monitored_runs if not each.location_name]
        return not self.monitored_runs or job_name in own

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the decorated function, as tests do."""
        if self.context_type is RunFailureSensorContext:
            args = tuple(_for_failure(each) for each in args)
            kwargs = {name: _for_failure(each) for name, each in kwargs.items()}
        return self._function.invoke(self.context_type, args, kwargs)


class RunFailureSensorDefinition(RunStatusSensorDefinition):
    """A sensor that is asked when a run has failed; made with `@run_failure_sensor`."""

    context_type = RunFailureSensorContext

    def evaluate_run(self, context: RunStatusSensorContext) -> SensorTickData:
        """Decides about one run that has failed."""
        return super().evaluate_run(context.for_run_failure())


def build_run_status_sensor_context(
    sensor_name: str,
    dagster_event: Any,
    dagster_instance: Any,
    dagster_run: Any,
    context: SensorEvaluationContext | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
    *,
    repository_def: Any = None,
) -> RunStatusSensorContext:
    """A context to call the function of a run-status sensor with, in tests.

    Args:
        sensor_name: The sensor's name.
        dagster_event: What happened to the run.
        dagster_instance: The instance, if it needs one.
        dagster_run: The run.
        context: A context to take the log from.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        partition_key: The partition that the run is for.
        repository_def: The definitions that the sensor is part of.
    """
    return RunStatusSensorContext(
        sensor_name=sensor_name,
        dagster_run=dagster_run,
        dagster_event=dagster_event,
        partition_key=partition_key,
        resources=resources,
        instance=dagster_instance,
        log=context.log if context is not None else None,
        definitions=repository_def,
    )


def run_state_of(state: Any, what: str) -> str:
    """The state of a run by its name, or by a member of an enum of them."""
    name = str(getattr(state, "value", state)).lower()
    found = _OLDER_NAMES.get(name, name)
    if found not in RUN_STATES:
        raise InvalidDefinitionError(f"{what}: {state!r} is no state of a run; there are: {', '.join(RUN_STATES)}.")
    return found


def _for_failure(value: Any) -> Any:
    plain = isinstance(value, RunStatusSensorContext) and not isinstance(value, RunFailureSensorContext)
    return value.for_run_failure() if plain else value
