"""Sensors that are asked when some of several assets were made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.ops.decorator import docstring_of
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.event_mark import mark_of
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition, SensorKind, SensorTickData
from headrace.definitions.source import source_of
from headrace.errors import InvariantViolationError

Monitored = Sequence[CoercibleToAssetKey] | AssetSelection


class MultiAssetSensorEvaluationContext(SensorEvaluationContext):
    """What the function of a multi-asset sensor gets: the newest materializations of the assets it watches.

    Args:
        monitored_assets: The assets.
        options: What `SensorEvaluationContext` takes.
    """

    def __init__(self, *, monitored_assets: Monitored = (), **options: Any) -> None:
        super().__init__(**options)
        self.asset_keys: Sequence[AssetKey] = self._resolved(monitored_assets)
        self._seen: dict[str, str] = json.loads(self._cursor) if self._cursor else {}

    def latest_materialization_records_by_key(
        self, asset_keys: Sequence[AssetKey] | None = None
    ) -> Mapping[AssetKey, Any]:
        """The newest materialization of each asset since the sensor advanced past it; None where there is none."""
        if self._instance is None:
            raise InvariantViolationError("Materializations are read from an instance, and this context has none.")
        records: dict[AssetKey, Any] = {}
        for key in self.asset_keys if asset_keys is None else asset_keys:
            record = self._instance.get_latest_materialization_event(key)
            seen = record is not None and self._seen.get(key.to_string()) == mark_of(record)
            records[key] = None if seen else record
        return records

    def advance_cursor(self, materialization_records_by_key: Mapping[AssetKey, Any]) -> None:
        """Marks these materializations as seen."""
        for key, record in materialization_records_by_key.items():
            if record is not None:
                self._seen[key.to_string()] = mark_of(record)
        self.update_cursor(json.dumps(self._seen, sort_keys=True))

    def advance_all_cursors(self) -> None:
        """Marks the newest materialization of every asset as seen."""
        self.advance_cursor(self.latest_materialization_records_by_key())

    def _resolved(self, monitored: Monitored) -> Sequence[AssetKey]:
        if not isinstance(monitored, AssetSelection):
            return [AssetKey.from_coercible(each) for each in monitored]
        if self.definitions is None:
            raise InvariantViolationError("A selection of assets is read against definitions; give definitions=...")
        return sorted(monitored.resolve(self.definitions.resolve_asset_graph()))


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

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTickData:
        """Decides."""
        watching = MultiAssetSensorEvaluationContext(
            monitored_assets=self.monitored_assets,
            cursor=context.cursor,
            last_run_key=context.last_run_key,
            last_tick_completion_time=context.last_tick_completion_time,
            last_sensor_start_time=context.last_sensor_start_time,
            sensor_name=self.name,
            resources=context.resource_defs,
            instance=context.instance,
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
    """
    if cursor is not None and cursor_from_latest_materializations:
        raise InvariantViolationError("Give either cursor or cursor_from_latest_materializations.")
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
