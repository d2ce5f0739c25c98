"""`Definitions`: the container of everything that a location has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from functools import cached_property
from typing import Any, TypeVar

from headrace.definitions.assets.asset_graph import AssetGraph, as_assets_definition
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.cacheable import built
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.mapping import map_asset_specs
from headrace.definitions.assets.selection import AssetSelection, CoercibleToAssetSelection
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.deferred import ContainedJob, DeferredJob
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.jobs.logger import LoggerDefinition
from headrace.definitions.lookups import Lookups
from headrace.definitions.merging import merged, merged_executor
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.notices import deprecated
from headrace.definitions.resolution import ResolvedDefinitions
from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.definitions.source import calling_source
from headrace.errors import InvalidDefinitionError, InvariantViolationError, UnknownNameError

T = TypeVar("T")
Instigator = TypeVar("Instigator", ScheduleDefinition, SensorDefinition)
AssetsInput = Iterable[AssetsDefinition | AssetSpec]
JobsInput = Iterable[ContainedJob]


class Definitions(Lookups):
    """Everything that a location has; what is not in it does not exist.

    What it holds is put together when it is first asked for, so that creating it costs nothing.

    Args:
        assets: Assets, with or without code that makes them.
        schedules: Schedules.
        sensors: Sensors.
        jobs: Jobs.
        resources: Resources by name, for jobs and assets that bring none of that name.
        executor: The executor of jobs that name none.
        loggers: Loggers by name, of jobs that name none.
        asset_checks: Checks of assets.
        metadata: Shown with the location.
    """

    def __init__(
        self,
        assets: AssetsInput | None = None,
        schedules: Iterable[ScheduleDefinition] | None = None,
        sensors: Iterable[SensorDefinition] | None = None,
        jobs: JobsInput | None = None,
        resources: Mapping[str, Any] | None = None,
        executor: ExecutorDefinition | None = None,
        loggers: Mapping[str, LoggerDefinition] | None = None,
        asset_checks: Iterable[AssetsDefinition] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.source = calling_source()
        self.assets = _listed(assets, "assets", (AssetsDefinition, AssetSpec), built)
        self.schedules = _listed(schedules, "schedules", (ScheduleDefinition,))
        self.sensors = _listed(sensors, "sensors", (SensorDefinition,))
        self.jobs = _listed(jobs, "jobs", (JobDefinition, UnresolvedAssetJobDefinition, DeferredJob))
        self.resources: dict[str, Any] = dict(resources or {})
        self.executor = _one(executor, "executor", ExecutorDefinition)
        self.loggers = _named_loggers(loggers)
        self.asset_checks = _listed(asset_checks, "asset_checks", (AssetsDefinition,))
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)

    # Put together

    @cached_property
    def resource_defs(self) -> dict[str, ResourceDefinition]:
        """The definitions of the resources."""
        return as_resource_definitions(self.resources)

    @cached_property
    def resolved(self) -> ResolvedDefinitions:
        """The same, put together: names are unique and everything that is named is there."""
        return ResolvedDefinitions(
            assets=_distinct(as_assets_definition(each) for each in (*self.assets, *self.asset_checks)),
            jobs=self.jobs,
            schedules=self.schedules,
            sensors=self.sensors,
            resource_defs=self.resource_defs,
            executor_def=self.executor,
            logger_defs=self.loggers,
        )

    def resolve_job(self, name: str) -> JobDefinition:
        """The job of that name, with everything it needs; `__ASSET_JOB` makes any assets."""
        return self.resolved.job(name)

    def resolve_job_names(self) -> Sequence[str]:
        """The names of all jobs, that of the implicit asset job included if there are assets to make."""
        return self.resolved.job_names

    def resolve_schedules(self) -> Sequence[ScheduleDefinition]:
        """All schedules."""
        return list(self.resolved.schedules.values())

    def resolve_sensors(self) -> Sequence[SensorDefinition]:
        """All sensors."""
        return list(self.resolved.sensors.values())

    def resolve_schedule(self, name: str) -> ScheduleDefinition:
        """The schedule of that name."""
        return self.resolved.schedule(name)

    def resolve_sensor(self, name: str) -> SensorDefinition:
        """The sensor of that name."""
        return self.resolved.sensor(name)

    def resolve_asset_graph(self) -> AssetGraph:
        """All assets and how they depend on each other."""
        return self.resolved.asset_graph

    def resolve_all_asset_specs(self) -> Sequence[AssetSpec]:
        """What is known about each asset."""
        specs = self.resolved.asset_graph.specs.values()
        return [spec if spec.group_name else spec.replace_attributes(group_name=spec.group) for spec in specs]

    def resolve_all_asset_keys(self) -> Sequence[AssetKey]:
        """The keys of all assets."""
        return list(self.resolved.asset_graph.keys)

    def resolve_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """The definition of an asset."""
        return self.resolved.asset_graph.assets_def_for(AssetKey.from_coercible(key))

    def resolve_implicit_global_asset_job_def(self) -> JobDefinition:
        """The job that makes any assets."""
        return self.resolve_job(IMPLICIT_ASSET_JOB)

    def resolve_all_job_defs(self) -> Sequence[JobDefinition]:
        """All jobs."""
        return [self.resolve_job(name) for name in self.resolve_job_names()]

    # The names under which the same has long been known

    resolve_job_def = resolve_job
    resolve_schedule_def = resolve_schedule
    resolve_sensor_def = resolve_sensor
    get_all_job_defs = resolve_all_job_defs
    get_all_asset_specs = resolve_all_asset_specs
    get_asset_graph = resolve_asset_graph

    def get_job_def(self, name: str) -> JobDefinition:
        """The job of that name; it should be one that is in `jobs`, and is put together already."""
        job = self.resolve_job(name)
        if not any(isinstance(each, JobDefinition) and each.name == name for each in self.jobs):
            made = any(each.name == name for each in self.jobs)
            of_sensor = any(target.job_name == name for each in self.sensors for target in each.targets)
            found = f"Found {'asset job' if made else 'job or graph' if of_sensor else 'job'} named {name}"
            deprecated(f"{found}, which only exists once everything is put together: use resolve_job_def.")
        return job

    def get_schedule_def(self, name: str) -> ScheduleDefinition:
        """The schedule of that name; older code asks so for what only exists once everything is put together."""
        deprecated("get_schedule_def is deprecated, as it is since dagster 1.11: use resolve_schedule_def.")
        return self.resolve_schedule(name)

    def get_sensor_def(self, name: str) -> SensorDefinition:
        """The sensor of that name; older code asks so for what only exists once everything is put together."""
        deprecated("get_sensor_def is deprecated, as it is since dagster 1.11: use resolve_sensor_def.")
        return self.resolve_sensor(name)

    def get_unresolved_schedule_def(self, name: str) -> ScheduleDefinition:
        """The schedule of that name as it was written, without looking for what it targets."""
        return _named(self.schedules, name, "ScheduleDefinition")

    def get_unresolved_sensor_def(self, name: str) -> SensorDefinition:
        """The sensor of that name as it was written, without looking for what it targets."""
        return _named(self.sensors, name, "SensorDefinition")

    def get_assets_def(self, key: CoercibleToAssetKey) -> AssetsDefinition:
        """The definition of an asset; it should be one that is in `assets` or `asset_checks`."""
        asset_key = AssetKey.from_coercible(key)
        for each in (*self.assets, *self.asset_checks):
            if isinstance(each, AssetsDefinition) and asset_key in each.keys:
                return each
        found = self.resolve_assets_def(asset_key)
        deprecated(f"Could not find assets_def with key {asset_key.to_user_string()} as such: use resolve_assets_def.")
        return found

    def has_resolved_repository_def(self) -> bool:
        """Whether everything has been put together already."""
        return "resolved" in self.__dict__

    def get_repository_def(self) -> Definitions:
        """These definitions: they answer whatever a repository does."""
        return self

    # Checked, changed and combined

    def map_asset_specs(
        self, *, func: Callable[[AssetSpec], AssetSpec], selection: CoercibleToAssetSelection | None = None
    ) -> Definitions:
        """The same definitions, with what is known about assets changed by a function.

        Args:
            func: Takes a spec and returns the one to use instead, often by `spec.replace_attributes(...)`.
            selection: The assets to change; all when left out.
        """
        keys = self._selected(selection)

        def change(spec: AssetSpec) -> AssetSpec:
            return func(spec) if keys is None or spec.key in keys else spec

        changed = copy(self)
        changed.__dict__.pop("resolved", None)
        changed.assets = list(map_asset_specs(change, self.assets))
        return changed

    map_resolved_asset_specs = map_asset_specs

    def _selected(self, selection: CoercibleToAssetSelection | None) -> Set[AssetKey] | None:
        if selection is None:
            return None
        if isinstance(selection, str):
            selection = AssetSelection.from_string(selection, include_sources=True)
        return AssetSelection.from_coercible(selection).resolve(self.resolve_asset_graph())

    def validate_loadable(self) -> None:
        """Puts everything together and checks it; raises the first error found."""
        self.resolved.validate()

    @staticmethod
    def merge(*def_sets: Definitions) -> Definitions:
        """One container with everything in several; what cannot be in it twice must be the same object in all."""
        return Definitions(
            assets=_distinct(asset for each in def_sets for asset in each.assets),
            asset_checks=_distinct(check for each in def_sets for check in each.asset_checks),
            schedules=_distinct(schedule for each in def_sets for schedule in each.schedules),
            sensors=_distinct(sensor for each in def_sets for sensor in each.sensors),
            jobs=_distinct(job for each in def_sets for job in each.jobs),
            resources=merged([each.resources for each in def_sets], "resources"),
            executor=merged_executor([each.executor for each in def_sets]),
            loggers=merged([each.loggers for each in def_sets], "loggers"),
            metadata=merged([each.metadata for each in def_sets], "metadata"),
        )

    @staticmethod
    def merge_unbound_defs(*def_sets: Definitions) -> Definitions:
        """Like `merge`, of containers that nothing was asked of yet."""
        for number, each in enumerate(def_sets):
            if "resolved" in each.__dict__:
                raise InvariantViolationError(
                    f"Definitions object {number} has previously been resolved. Merge containers before they are used, or use "
                    "Definitions.merge."
                )
        return Definitions.merge(*def_sets)

    def __repr__(self) -> str:
        counts = (
            ("assets", self.assets),
            ("asset checks", self.asset_checks),
            ("jobs", self.jobs),
            ("schedules", self.schedules),
            ("sensors", self.sensors),
        )
        return f"Definitions({', '.join(f'{len(each)} {name}' for name, each in counts if each)})"


def _named(instigators: Iterable[Instigator], name: str, kind: str) -> Instigator:
    for each in instigators:
        if each.name == name:
            return each
    raise UnknownNameError(f"{kind} with name {name} not found.")


def _listed(
    given: Iterable[T] | None, name: str, types: tuple[type, ...], listing: Callable[[Iterable[Any]], list[T]] = list
) -> list[T]:
    if given is None:
        return []
    if isinstance(given, (str, *types)) or not isinstance(given, Iterable):
        raise InvalidDefinitionError(f"Definitions: {name} is a list, not {given!r}.")
    listed = listing(given)
    for each in listed:
        if not isinstance(each, types):
            expected = " or ".join(each.__name__ for each in types)
            raise InvalidDefinitionError(f"Definitions: {name} holds {each!r}, which is no {expected}.{_advice(each)}")
    return listed


def _advice(given: Any) -> str:
    if isinstance(given, GraphDefinition):
        return f" Make a job of the graph: {given.name}.to_job()."
    if isinstance(given, AssetChecksDefinition):
        return " It belongs into asset_checks."
    if isinstance(given, (AssetsDefinition, AssetSpec)):
        return " It belongs into assets."
    if isinstance(given, ScheduleDefinition):
        return " It belongs into schedules."
    if isinstance(given, SensorDefinition):
        return " It belongs into sensors."
    if isinstance(given, (JobDefinition, UnresolvedAssetJobDefinition)):
        return " It belongs into jobs."
    return ""


def _named_loggers(given: Mapping[str, LoggerDefinition] | None) -> dict[str, LoggerDefinition]:
    for name, each in (given or {}).items():
        if not isinstance(name, str) or not isinstance(each, LoggerDefinition):
            raise InvalidDefinitionError(
                f"Definitions: loggers holds {name!r}: {each!r}, which is no logger by its name."
            )
    return dict(given or {})


def _one(given: T | None, name: str, kind: type) -> T | None:
    if given is not None and not isinstance(given, kind):
        raise InvalidDefinitionError(f"Definitions: {name} is {given!r}, which is no {kind.__name__}.")
    return given


def _distinct(definitions: Iterable[T]) -> list[T]:
    return list({id(each): each for each in definitions}.values())
