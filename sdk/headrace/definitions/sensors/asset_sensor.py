"""Sensors that are asked when an asset was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.automation.evaluation import as_list
from headrace.definitions.automation.run_request import SkipReason
from headrace.definitions.automation.target import ExecutableDefinition
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.ops.signature import signature_of
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.sensors.event_mark import mark_of
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition, SensorKind, SensorResult
from headrace.definitions.source import source_of
from headrace.errors import InvalidDefinitionError, InvalidInvocationError, InvariantViolationError


class AssetSensorDefinition(SensorDefinition):
    """A sensor that is asked when an asset was made; made with `@asset_sensor`.

    Args:
        name: Unique among the schedules and sensors of a location.
        asset_key: The asset.
        job_name: The job, by name.
        asset_materialization_fn: Takes a `SensorEvaluationContext` and the event of the materialization.
        options: What `SensorDefinition` takes as well.
    """

    kind = SensorKind.ASSET

    def __init__(
        self,
        name: str,
        asset_key: CoercibleToAssetKey,
        job_name: str | None,
        asset_materialization_fn: Callable[..., Any],
        required_resource_keys: Set[str] | None = None,
        **options: Any,
    ) -> None:
        self.asset_key = AssetKey.from_coercible(asset_key)
        self.watched_keys = (self.asset_key,)
        self._decide = _Decision(asset_materialization_fn, f"Sensor {name!r}")
        options.setdefault("source", source_of(asset_materialization_fn))
        super().__init__(
            name,
            evaluation_fn=self._evaluate,
            job_name=job_name,
            required_resource_keys={*(required_resource_keys or ()), *self._decide.resources},
            **options,
        )

    def _evaluate(self, context: SensorEvaluationContext) -> Any:
        name = self.asset_key.to_user_string()
        record = context.instance.fetch_last_materialization(self.asset_key)
        if record is None or mark_of(record) == context.cursor:
            return SkipReason(f"No new materialization of {name!r}.")
        results = as_list(self._decide(context, record.event_log_entry))
        if any(isinstance(each, SensorResult) and each.cursor is not None for each in results):
            raise InvariantViolationError(
                f"Sensor {self.name!r} set a cursor: The cursor is managed by the asset sensor."
            )
        # Only now: the function may look at what came before.
        context.update_cursor(mark_of(record))
        return results

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the decorated function with a context and an event, as tests do.

        With a context alone, it answers like an evaluation: about what the context's instance knows of the asset.
        """
        given = [*args, *kwargs.values()]
        if self._decide.takes_event and len(given) == 1 and isinstance(given[0], SensorEvaluationContext):
            return self._answers(given[0])
        return self._decide.invoke(args, kwargs)

    def _answers(self, context: SensorEvaluationContext) -> Iterator[Any]:
        yield from as_list(self._evaluate(context))


def asset_sensor(
    asset_key: CoercibleToAssetKey,
    *,
    job_name: str | None = None,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    description: str | None = None,
    job: ExecutableDefinition | None = None,
    jobs: Sequence[ExecutableDefinition] | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    required_resource_keys: Set[str] | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    target: Any = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Callable[..., Any]], AssetSensorDefinition]:
    """Makes a sensor of a function that is called when an asset was made.

    The function takes a `SensorEvaluationContext`, the event of the materialization, and resources. It returns what the
    function of a sensor returns.

    Args:
        asset_key: The asset.
        job_name: The job, by name.
        name: The sensor's name; the function's when left out.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for; the function's docstring when left out.
        job: The job.
        jobs: Several jobs; every `RunRequest` then names one.
        default_status: Whether it is on until somebody says otherwise.
        required_resource_keys: Resources that the function reads from `context.resources`.
        tags: Shown with it.
        metadata: Shown with it.
        target: The job, several jobs, assets, or a selection of assets.
        owners: Who answers for it.
    """

    def make(function: Callable[..., Any]) -> AssetSensorDefinition:
        return AssetSensorDefinition(
            name or function.__name__,
            asset_key,
            job_name,
            function,
            required_resource_keys,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description if description is not None else docstring_of(function),
            job=job,
            jobs=jobs,
            default_status=default_status,
            tags=tags,
            metadata=metadata,
            target=target,
            owners=owners,
            source=source_of(function),
        )

    return make


class _Decision:
    """The function of an asset sensor: it takes a context, an event and resources."""

    def __init__(self, function: Callable[..., Any], what: str) -> None:
        self._function = function
        self._what = what
        self._signature = signature_of(function, allow_config=False)
        self.resources = frozenset(self._signature.resources)
        names = [each for each in (self._signature.context, *(one.name for one in self._signature.inputs)) if each]
        if len(names) > 2:
            raise InvalidDefinitionError(
                f"{what}: its function takes {', '.join(names)}; it may take a context, an event and resources."
            )
        self._names = names
        self.takes_event = len(names) > 1

    def __call__(self, context: SensorEvaluationContext, event: Any) -> Any:
        resources = context.start_resources(self._signature.resources)
        return self._function(*(context, event)[: len(self._names)], **resources)

    def invoke(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        given = [*args, *(value for name, value in kwargs.items() if name not in self.resources)]
        contexts = [each for each in given if isinstance(each, SensorEvaluationContext)]
        if len(given) != len(self._names):
            raise InvalidInvocationError(f"{self._what} takes {', '.join(self._names)}; it got {len(given)} of them.")
        missing = [name for name in self._signature.resources if name not in kwargs]
        started = (contexts[0] if contexts else SensorEvaluationContext()).start_resources(missing)
        return self._function(*args, **{**kwargs, **started})
