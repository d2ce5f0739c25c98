"""Sensors that are asked when some of several assets were made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from copy import copy
from typing import Any

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.multi_asset_context import Monitored, MultiAssetSensorEvaluationContext
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition, SensorKind, SensorTickData
from headrace.definitions.source import source_of
from headrace.errors import InvalidInvocationError


class MultiAssetSensorDefinition(SensorDefinition):
    """A sensor that is asked when some of several assets were made; made with `@multi_asset_sensor`.

    Args:
        name: Unique among the schedules and sensors of a location.
        monitored_assets: The assets.
        asset_materialization_fn: Takes a `MultiAssetSensorEvaluationContext` and resources.
        options: What `SensorDefinition` takes as well.
    """

    kind = SensorKind.MULTI_ASSET

    def __init__(
        self,
        name: str,
        monitored_assets: Monitored,
        asset_materialization_fn: Callable[..., Any],
        **options: Any,
    ) -> None:
        super().__init__(name, evaluation_fn=asset_materialization_fn, **options)
        self.monitored_assets = monitored_assets
        if not isinstance(monitored_assets, AssetSelection):
            self.watched_keys = [AssetKey.from_coercible(each) for each in monitored_assets]

    def bound_to(self, resolve_graph: Callable[[], AssetGraph]) -> SensorDefinition:
        """The same, with the assets that its selection names."""
        if not isinstance(self.monitored_assets, AssetSelection):
            return self
        bound = copy(self)
        bound.watched_keys = sorted(self.monitored_assets.resolve(resolve_graph()))
        return bound

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTickData:
        """Decides."""
        if isinstance(context, MultiAssetSensorEvaluationContext):
            return super().evaluate_tick(context)
        watching = MultiAssetSensorEvaluationContext(
            monitored_assets=self.monitored_assets,
            cursor=context.cursor,
            last_run_key=context.last_run_key,
            last_tick_completion_time=context.last_tick_completion_time,
            last_sensor_start_time=context.last_sensor_start_time,
            sensor_name=self.name,
            resources=context.resource_defs,
            instance=context.given_instance,
            log=context.log,
            definitions=context.definitions,
        )
        with watching:
            return super().evaluate_tick(watching)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the decorated function, as tests do."""
        return self._function.invoke(MultiAssetSensorEvaluationContext, args, kwargs)


def multi_asset_sensor(
    monitored_assets: Monitored,
    *,
    job_name: str | None = None,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    job: ExecutableDefinition | None = None,
    jobs: Sequence[ExecutableDefinition] | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    request_assets: AssetSelection | None = None,
    required_resource_keys: Set[str] | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], MultiAssetSensorDefinition]:
    """Makes a sensor of a function that looks at the newest materializations of several assets.

    Args:
        monitored_assets: The assets, by their keys or as a selection.
        job_name: The job, by name.
        name: The sensor's name; the function's when left out.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for; the function's docstring when left out.
        job: The job.
        jobs: Several jobs; every `RunRequest` then names one.
        default_status: Whether it is on until somebody says otherwise.
        request_assets: The assets that it may ask for, when it has no job.
        required_resource_keys: Resources that the function reads from `context.resources`.
        tags: Shown with it.
        metadata: Shown with it.
    """

    def make(function: Callable[..., Any]) -> MultiAssetSensorDefinition:
        return MultiAssetSensorDefinition(
            name or function.__name__,
            monitored_assets,
            function,
            job_name=job_name,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description if description is not None else docstring_of(function),
            job=job,
            jobs=jobs,
            default_status=default_status,
            asset_selection=request_assets,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            source=source_of(function),
        )

    return make


def build_multi_asset_sensor_context(
    *,
    monitored_assets: Monitored,
    instance: Any = None,
    cursor: str | None = None,
    repository_def: Any = None,
    cursor_from_latest_materializations: bool = False,
    resources: Mapping[str, object] | None = None,
    definitions: Any = None,
    last_sensor_start_time: float | None = None,
    repository_name: str | None = None,
) -> MultiAssetSensorEvaluationContext:
    """A context to call the function of a multi-asset sensor with, in tests.

    Args:
        monitored_assets: The assets.
        instance: The instance that knows of materializations.
        cursor: What the sensor remembered.
        repository_def: The older name of `definitions`.
        cursor_from_latest_materializations: Whether all that was made before counts as seen.
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        definitions: The definitions that the sensor is part of.
        last_sensor_start_time: When it was last switched on, in seconds since 1970.
        repository_name: Accepted for older code; not used.
    """
    if cursor is not None and cursor_from_latest_materializations:
        raise InvalidInvocationError(
            "Cannot provide both cursor and cursor_from_latest_materializations: give one of them."
        )
    if cursor_from_latest_materializations and instance is None:
        raise InvalidInvocationError(
            "Cannot provide cursor_from_latest_materializations without an instance: give the instance that has them."
        )
    context = MultiAssetSensorEvaluationContext(
        monitored_assets=monitored_assets,
        cursor=cursor,
        last_sensor_start_time=last_sensor_start_time,
        resources=resources,
        instance=instance,
        definitions=definitions if definitions is not None else repository_def,
    )
    if cursor_from_latest_materializations:
        context.advance_all_cursors()
    return context
