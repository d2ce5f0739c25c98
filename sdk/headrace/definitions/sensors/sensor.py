"""Sensors: runs when something outside has happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from copy import copy
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.events import AssetMaterialization, AssetObservation
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.assets.spec import checked_owners
from headrace.definitions.automation.evaluation import EvaluationFunction, as_list, split_results
from headrace.definitions.automation.evaluation_context import EvaluationContext
from headrace.definitions.automation.partitioned_requests import with_partition_of
from headrace.definitions.automation.run_request import RunRequest, SkipReason
from headrace.definitions.automation.stale_requests import NOTHING_STALE, of_stale_assets
from headrace.definitions.automation.target import (
    JOB_TYPES,
    AutomationTarget,
    ExecutableDefinition,
    ResolvableJob,
    job_named,
    names_of,
    one_of,
    target_of_job,
    targets_of,
)
from headrace.definitions.checks.result import AssetCheckEvaluation
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.naming import check_name
from headrace.definitions.notices import deprecated
from headrace.definitions.partitions.requests import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest
from headrace.definitions.sensors.context import SensorEvaluationContext
from headrace.definitions.source import SourceLocation, source_of
from headrace.definitions.tags import normalize_tags
from headrace.errors import HeadraceError, InvalidDefinitionError, InvariantViolationError, SensorEvaluationError

DEFAULT_SENSOR_INTERVAL_SECONDS = 30

DynamicPartitionsRequest = AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest
AssetEvent = AssetMaterialization | AssetObservation | AssetCheckEvaluation
_PARTITION_REQUESTS = (AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest)
_ASSET_EVENTS = (AssetMaterialization, AssetObservation, AssetCheckEvaluation)


class DefaultSensorStatus(Enum):
    """Whether a sensor is on until somebody says otherwise."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class SensorKind(Enum):
    """How a sensor decides."""

    STANDARD = "standard"
    ASSET = "asset"
    MULTI_ASSET = "multi_asset"
    RUN_STATE = "run_state"
    AUTOMATION = "automation"


@dataclass(frozen=True)
class SensorResult:
    """Everything that a sensor decides, in one object.

    Args:
        run_requests: The runs it asks for.
        skip_reason: Why it asks for none, as text or as a `SkipReason`.
        cursor: What it remembers for the next evaluation.
        dynamic_partitions_requests: Keys of dynamic partitions to add or take away.
        asset_events: Materializations, observations and results of checks to store; they belong to no run.
    """

    run_requests: Sequence[RunRequest] | None = None
    skip_reason: str | SkipReason | None = None
    cursor: str | None = None
    dynamic_partitions_requests: Sequence[DynamicPartitionsRequest] | None = None
    asset_events: Sequence[AssetEvent] = ()

    def __post_init__(self) -> None:
        if isinstance(self.skip_reason, str):
            object.__setattr__(self, "skip_reason", SkipReason(self.skip_reason))
        if self.skip_reason is not None and self.run_requests:
            raise InvariantViolationError(
                "Expected a single skip reason or one or more run requests: a SensorResult has either run_requests or a skip_reason."
            )
        _check_each("run_requests", self.run_requests, (RunRequest,))
        _check_each("dynamic_partitions_requests", self.dynamic_partitions_requests, _PARTITION_REQUESTS)
        _check_each("asset_events", self.asset_events, _ASSET_EVENTS)


@dataclass(frozen=True)
class SensorTickData:
    """What a sensor decided.

    Attributes:
        run_requests: The runs it asks for; each names its job.
        skip_message: Why it asks for none, if it says so.
        cursor: What it remembers for the next evaluation.
        dynamic_partitions_requests: Keys of dynamic partitions to add or take away.
        asset_events: What it tells of assets.
    """

    run_requests: Sequence[RunRequest]
    skip_message: str | None = None
    cursor: str | None = None
    dynamic_partitions_requests: Sequence[DynamicPartitionsRequest] = ()
    asset_events: Sequence[AssetEvent] = ()

    @property
    def dagster_run_reactions(self) -> Sequence[Any]:
        """Nothing: that a sensor has reacted to a run is kept apart from what it decided."""
        return []


class SensorDefinition:
    """Runs jobs, or assets, when a function says so; it is evaluated again and again.

    Attributes:
        kind: How it decides.
        watched_keys: The assets that it watches, if it watches any.

    Args:
        name: Unique among the schedules and sensors of a location; the function's name when left out.
        evaluation_fn: Returns or yields `RunRequest`s, a `SkipReason` or a `SensorResult`.
        job_name: The job, by name.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for.
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

    kind = SensorKind.STANDARD
    watched_keys: Sequence[AssetKey] = ()

    def __init__(
        self,
        name: str | None = None,
        *,
        evaluation_fn: Callable[..., Any] | None = None,
        job_name: str | None = None,
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
        source: SourceLocation | None = None,
    ) -> None:
        if evaluation_fn is None:
            raise InvalidDefinitionError("A sensor has nothing to ask: Must provide evaluation_fn to SensorDefinition.")
        self.name = check_name(name or evaluation_fn.__name__.strip("<>"), "A sensor's name")
        self._what = f"Sensor {self.name!r}"
        one_of(self._what, job=job, jobs=jobs, job_name=job_name, target=target, asset_selection=asset_selection)
        self.source = source or source_of(evaluation_fn)
        self.targets: Sequence[AutomationTarget] = self._targets(
            job_name, [job] if job is not None else jobs, asset_selection if target is None else target
        )
        self.minimum_interval_seconds = _checked_interval(minimum_interval_seconds, self._what)
        self.description = description
        self.default_status = DefaultSensorStatus(default_status)
        self.tags: dict[str, str] = normalize_tags(tags, f"The tags of sensor {self.name!r}")
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.owners = checked_owners(owners or (), self._what)
        self.asset_selection: AssetSelection | None = _selection(asset_selection if target is None else target)
        self._function = EvaluationFunction(evaluation_fn, self._what)
        self.required_resource_keys = frozenset(required_resource_keys or ()) | self._function.resources

    @property
    def job_name(self) -> str:
        """The job that it runs; raises an error unless it has exactly one."""
        return self._only_target().job_name

    @property
    def job_names(self) -> Sequence[str]:
        """The jobs that it may run."""
        return [target.job_name for target in self.targets]

    @property
    def job(self) -> ResolvableJob:
        """The job that it runs; raises an error unless it holds exactly one."""
        target = self._only_target()
        if target.job is None:
            raise InvalidDefinitionError(
                f"{self._what} names its job {target.job_name!r} and does not hold it: No job was provided to SensorDefinition."
            )
        return target.job

    @property
    def jobs(self) -> Sequence[ResolvableJob]:
        """The jobs that it holds."""
        return [target.job for target in self.targets if target.job is not None]

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorTickData:
        """Decides."""
        return self.decide(context, context)

    def decide(self, context: EvaluationContext, remembers: SensorEvaluationContext | None) -> SensorTickData:
        """What the function decides in a context, which may be the one that remembers a cursor."""
        context.require(self.required_resource_keys, self._what)
        try:
            results = as_list(self._function(context))
        except HeadraceError:
            raise
        except Exception as error:
            raise SensorEvaluationError(f"{self._what} raised {error!r}.", user_exception=error) from error
        if any(isinstance(each, SensorResult) for each in results):
            return self._of_stale_assets(self._from_result(results, remembers, context.definitions), context)
        requests, skip = split_results(results, self._what)
        kept = remembers.cursor if remembers is not None else None
        return self._of_stale_assets(self._tick(requests, skip, kept, context.definitions), context)

    def _of_stale_assets(self, tick: SensorTickData, context: EvaluationContext) -> SensorTickData:
        wanted = of_stale_assets(tick.run_requests, context.definitions, context.given_instance, self._what)
        nothing = NOTHING_STALE if tick.run_requests and not wanted else None
        return replace(tick, run_requests=wanted, skip_message=tick.skip_message or nothing)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the decorated function, as tests do."""
        return self._function.invoke(SensorEvaluationContext, args, kwargs, self.required_resource_keys)

    def bound_to(self, resolve_graph: Callable[[], AssetGraph]) -> SensorDefinition:
        """The same, with what only all definitions together tell."""
        return self

    def with_attributes(
        self, *, jobs: Sequence[ExecutableDefinition] | None = None, metadata: Mapping[str, Any] | None = None
    ) -> SensorDefinition:
        """The same with other jobs or metadata.

        Args:
            jobs: The jobs instead of its own; its own when left out.
            metadata: The metadata instead of its own; its own when left out.
        """
        updated = copy(self)
        if jobs is not None:
            updated.targets = [target_of_job(each, self._what) for each in jobs]
        if metadata is not None:
            updated.metadata = normalize_metadata(metadata)
        return updated

    def with_updated_jobs(self, new_jobs: Sequence[ExecutableDefinition]) -> SensorDefinition:
        """The same for other jobs."""
        return self.with_attributes(jobs=new_jobs)

    def with_updated_job(self, new_job: ExecutableDefinition) -> SensorDefinition:
        """The same for another job."""
        return self.with_attributes(jobs=[new_job])

    def _only_target(self) -> AutomationTarget:
        if len(self.targets) > 1:
            raise InvalidDefinitionError(
                f"{self._what} has several jobs: property not available when SensorDefinition has multiple jobs."
            )
        if not self.targets or self.asset_selection is not None:
            raise InvalidDefinitionError(f"{self._what} has no job: No job was provided to SensorDefinition.")
        return self.targets[0]

    def _from_result(
        self, results: Sequence[Any], context: SensorEvaluationContext | None, definitions: Any
    ) -> SensorTickData:
        if len(results) != 1:
            raise InvariantViolationError(
                f"{self._what} gave a SensorResult and other results. "
                "When a SensorResult is returned from a sensor, it must be the only object returned."
            )
        result: SensorResult = results[0]
        if result.cursor is not None and context is not None and context.cursor_updated:
            raise InvariantViolationError(
                f"{self._what} set its cursor twice: SensorResult.cursor cannot be set if context.update_cursor() was called."
            )
        kept = context.cursor if context is not None else None
        cursor = kept if result.cursor is None else result.cursor
        skip = result.skip_reason if isinstance(result.skip_reason, SkipReason) else None
        tick = self._tick(list(result.run_requests or ()), skip, cursor, definitions)
        return replace(
            tick,
            dynamic_partitions_requests=list(result.dynamic_partitions_requests or ()),
            asset_events=list(result.asset_events or ()),
        )

    def _tick(
        self, requests: Sequence[RunRequest], skip: SkipReason | None, cursor: str | None, definitions: Any = None
    ) -> SensorTickData:
        completed = [self._completed(request, definitions) for request in requests]
        return SensorTickData(completed, skip.skip_message if skip else None, cursor)

    def _completed(self, request: RunRequest, definitions: Any) -> RunRequest:
        if not self.targets:
            raise InvariantViolationError(
                f"{self._what} asks for a run, but has nothing to run: Sensor evaluation function returned a RunRequest for a "
                "sensor lacking a specified target (job, jobs, job_name or target). Give it one."
            )
        name = request.job_name or (self.targets[0].job_name if len(self.targets) == 1 else None)
        if name is None or name not in self.job_names:
            raise InvariantViolationError(
                f"{self._what} asks for a run of {name!r}; job_name must be one of {names_of(self.targets)}."
            )
        completed = replace(request, job_name=name, asset_selection=self._selected(request, definitions))
        resolved = request.partition_key is not None and self.asset_selection is not None
        return with_partition_of(completed, job_named(name, () if resolved else self.targets, definitions))

    def _selected(self, request: RunRequest, definitions: Any) -> Sequence[AssetKey] | None:
        """The assets that are asked for: all that it may ask for where a request names none."""
        if request.asset_selection is not None or self.asset_selection is None or definitions is None:
            return request.asset_selection
        graph = definitions.asset_graph
        keys = self.asset_selection.resolve(graph) & graph.executable_keys
        others = [key for key in request.asset_check_keys or () if key.asset_key not in keys]
        if others:
            deprecated(
                f"{self._what} asks for asset check keys {', '.join(key.to_user_string() for key in others)}, which are of assets "
                "that it does not target: that is deprecated."
            )
        return sorted(keys)

    def _targets(
        self, job_name: str | None, jobs: Sequence[ExecutableDefinition] | None, target: Any
    ) -> Sequence[AutomationTarget]:
        if job_name is not None:
            return [AutomationTarget(check_name(job_name, f"{self._what}: job_name"))]
        if jobs is not None:
            return [target_of_job(each, self._what) for each in jobs]
        if target is None:
            return []
        if isinstance(target, (list, tuple)) and target and all(isinstance(each, JOB_TYPES) for each in target):
            return [target_of_job(each, self._what) for each in target]
        return [targets_of(target, self.name, self._what)]

    def __repr__(self) -> str:
        return f"SensorDefinition({self.name!r}, {list(self.job_names)!r})"


def _selection(target: Any) -> AssetSelection | None:
    """The assets that are meant, where assets are."""
    if target is None or isinstance(target, JOB_TYPES):
        return None
    if isinstance(target, (list, tuple)) and any(isinstance(each, JOB_TYPES) for each in target):
        return None
    return AssetSelection.from_coercible(target)


def _check_each(what: str, values: Sequence[Any] | None, types: tuple[type, ...]) -> None:
    for each in values or ():
        if not isinstance(each, types):
            names = ", ".join(sorted(one.__name__ for one in types))
            raise InvariantViolationError(f"A SensorResult's {what} holds {each!r}; it may hold {names}.")


def _checked_interval(seconds: int | None, what: str) -> int:
    if seconds is None:
        return DEFAULT_SENSOR_INTERVAL_SECONDS
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or seconds < 0:
        raise InvalidDefinitionError(f"{what}: minimum_interval_seconds must be 0 or more, not {seconds!r}.")
    return seconds
