"""From what users put into `Definitions` to named jobs, schedules and sensors that fit together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Protocol, TypeVar

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB, build_asset_job, check_resources_of
from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.resource_conflicts import refuse_conflicts_among, refuse_conflicts_with
from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition, check_no_overlap
from headrace.definitions.automation.default_sensor import with_default_sensor
from headrace.definitions.automation.target import AutomationTarget
from headrace.definitions.deferred import ContainedJob, DeferredJob
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition
from headrace.definitions.source import SourceLocation
from headrace.errors import (
    DuplicateDefinitionError,
    InvalidDefinitionError,
    ResourceNotProvidedError,
    UnknownNameError,
    UnknownTargetError,
)


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def source(self) -> SourceLocation: ...


N = TypeVar("N", bound=_Named)
Instigator = TypeVar("Instigator", ScheduleDefinition, SensorDefinition)


class ResolvedDefinitions:
    """Named jobs, schedules, sensors and one asset graph; each job is built when it is first asked for.

    Args:
        assets: Assets, with or without code.
        jobs: Jobs.
        schedules: Schedules.
        sensors: Sensors.
        resource_defs: Resources, for jobs and assets that bring none of that name.
        executor_def: The executor of jobs that name none.
        logger_defs: Loggers of jobs that name none.
    """

    def __init__(
        self,
        *,
        assets: Sequence[AssetsDefinition],
        jobs: Sequence[ContainedJob],
        schedules: Sequence[ScheduleDefinition],
        sensors: Sequence[SensorDefinition],
        resource_defs: Mapping[str, ResourceDefinition],
        executor_def: ExecutorDefinition | None,
        logger_defs: Mapping[str, Any],
    ) -> None:
        self.resource_defs = resource_defs
        self.executor_def = executor_def
        self.logger_defs = logger_defs
        sensors = with_default_sensor(assets, jobs, sensors)
        self._instigators: list[ScheduleDefinition | SensorDefinition] = [*schedules, *sensors]
        _unique(self._instigators, "schedule or sensor")
        self.schedules = {each.name: each for each in schedules}
        self.sensors = {each.name: each for each in sensors}
        targets = [(each, each.target) for each in schedules] + [(one, each) for one in sensors for each in one.targets]
        self._jobs = _unique(_with_targets(jobs, targets), "job")
        self._check_names()
        _check_reserved(jobs)
        self._assets = _with_target_assets(assets, [target for _owner, target in targets])
        self._built: dict[str, JobDefinition] = {}
        self.schedules = {name: self._bound(each.bound_to(self.job)) for name, each in self.schedules.items()}
        bound = {name: each.bound_to(lambda: self.asset_graph) for name, each in self.sensors.items()}
        self.sensors = {name: self._bound(each) for name, each in bound.items()}

    @cached_property
    def asset_graph(self) -> AssetGraph:
        """All assets."""
        return AssetGraph(self._assets)

    @property
    def job_names(self) -> Sequence[str]:
        """The names of all jobs, that of the implicit asset job included if there are assets to make."""
        implicit = [IMPLICIT_ASSET_JOB] if any(each.is_executable for each in self._assets) else []
        return [*self._jobs, *implicit]

    def job(self, name: str) -> JobDefinition:
        """The job of that name, with everything it needs."""
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def schedule(self, name: str) -> ScheduleDefinition:
        """The schedule of that name."""
        return _named(name, self.schedules, "schedule")

    def sensor(self, name: str) -> SensorDefinition:
        """The sensor of that name."""
        return _named(name, self.sensors, "sensor")

    def validate(self) -> None:
        """Builds everything and checks that every resource that is needed is provided."""
        self.check_assets()
        for name in self._jobs:
            self.job(name).check_resources()
        self._check_resources_of_instigators()

    def validate_jobs(self) -> None:
        """The same for the jobs that need not be made first."""
        for name, job in self._jobs.items():
            if not isinstance(job, DeferredJob):
                self.job(name).check_resources()

    def check_assets(self) -> None:
        """Checks that every resource that an asset needs is provided, and that no two of one name are."""
        refuse_conflicts_among(self._assets)
        refuse_conflicts_with(self._assets, self.resource_defs)
        check_resources_of(self.asset_graph.assets_defs, self.resource_defs)
        self.check_automation()

    def check_automation(self) -> None:
        """Checks that no two sensors evaluate the conditions of one asset."""
        sensors = [each for each in self.sensors.values() if isinstance(each, AutomationConditionSensorDefinition)]
        if len(sensors) > 1:
            check_no_overlap(sensors, self.asset_graph)

    def _bound(self, instigator: Instigator) -> Instigator:
        """A schedule or sensor whose op jobs have the resources that all definitions provide."""
        if not self.resource_defs:
            return instigator
        bound = copy(instigator)
        if isinstance(bound, ScheduleDefinition):
            bound.target = bound.target.bound_to(self.job)
        else:
            bound.targets = [each.bound_to(self.job) for each in bound.targets]
        return bound

    def _build(self, name: str) -> JobDefinition:
        if name == IMPLICIT_ASSET_JOB and name in self.job_names:
            graph = self.asset_graph
            return build_asset_job(
                name,
                graph,
                graph.executable_keys,
                check_keys=graph.check_keys,
                resource_defs=self.resource_defs,
                executor_def=self.executor_def,
                logger_defs=self.logger_defs,
            )
        job = _named(name, self._jobs, "job")
        if isinstance(job, DeferredJob):
            job = job.job
        if isinstance(job, UnresolvedAssetJobDefinition):
            return job.resolve(
                self.asset_graph,
                resource_defs=self.resource_defs,
                default_executor_def=self.executor_def,
                logger_defs=self.logger_defs,
            )
        return job.with_top_level(self.resource_defs, self.executor_def, self.logger_defs)

    def _check_names(self) -> None:
        """Schedules and sensors may name jobs; those must be there."""
        known = {*self._jobs, IMPLICIT_ASSET_JOB}
        for schedule in self.schedules.values():
            if schedule.job_name not in known:
                raise UnknownTargetError(_unknown_target("Schedule", schedule, schedule.job_name, known))
        for sensor in self.sensors.values():
            for name in sensor.job_names:
                if name not in known:
                    raise UnknownTargetError(_unknown_target("Sensor", sensor, name, known))

    def _check_resources_of_instigators(self) -> None:
        for each in self._instigators:
            for key in sorted(each.required_resource_keys):
                if key not in self.resource_defs:
                    raise ResourceNotProvidedError(
                        f"{each!r} ({each.source}) needs resource {key!r}, but it is not provided; "
                        f"provided: {', '.join(sorted(self.resource_defs)) or 'none'}."
                    )


def _with_targets(
    jobs: Sequence[ContainedJob], targets: Iterable[tuple[ScheduleDefinition | SensorDefinition, AutomationTarget]]
) -> list[ContainedJob]:
    """The jobs, and those that only a schedule or sensor holds."""
    all_jobs = {id(each): each for each in jobs}
    by_name = {each.name: each for each in jobs}
    for owner, target in targets:
        if target.job is None:
            continue
        other = by_name.setdefault(target.job.name, target.job)
        if other is not target.job:
            raise DuplicateDefinitionError(
                f"{_kind_of(owner)} {owner.name!r} targets {_described(target.job)} {target.job.name!r}, but a different "
                f"{_described(target.job)} with the same name was provided. One is at {target.job.source}, one at {other.source}: "
                "give the same to both, or another name to one of them."
            )
        all_jobs.setdefault(id(target.job), target.job)
    return list(all_jobs.values())


def _kind_of(instigator: ScheduleDefinition | SensorDefinition) -> str:
    return "schedule" if isinstance(instigator, ScheduleDefinition) else "sensor"


def _described(job: ContainedJob) -> str:
    return "job" if isinstance(job, JobDefinition) else "unresolved asset job"


def _with_target_assets(
    assets: Sequence[AssetsDefinition], targets: Iterable[AutomationTarget]
) -> list[AssetsDefinition]:
    """The assets, and those that only a schedule or sensor holds."""
    all_assets = {id(each): each for each in assets}
    for target in targets:
        for each in target.assets_defs:
            all_assets.setdefault(id(each), each)
    return list(all_assets.values())


def _unique(definitions: Iterable[N], what: str) -> dict[str, N]:
    by_name: dict[str, N] = {}
    for each in definitions:
        first = by_name.setdefault(each.name, each)
        if first is not each:
            raise DuplicateDefinitionError(
                f"{_duplicate(what, each)} {each.name!r}: one at {first.source}, one at {each.source}. "
                "Give one of them another name."
            )
    return by_name


def _duplicate(what: str, second: _Named) -> str:
    if isinstance(second, UnresolvedAssetJobDefinition):
        return "Duplicate definition found for unresolved job"
    return f"Duplicate {what} definition found for {what}"


def _check_reserved(jobs: Iterable[ContainedJob]) -> None:
    for job in jobs:
        if job.name == IMPLICIT_ASSET_JOB:
            raise InvalidDefinitionError(
                f"Attempted to provide job called {job.name} to repository, which is a reserved name: it is the job that makes "
                f"any assets. Rename the job at {job.source}."
            )


def _unknown_target(what: str, owner: _Named, name: str, known: Iterable[str]) -> str:
    return (
        f'{what} {owner.name!r} ({owner.source}) targets job "{name}" which was not found in this repository'
        f"{_did_you_mean(name, known)}"
    )


def _named(name: str, definitions: Mapping[str, N], what: str) -> N:
    if name not in definitions:
        raise UnknownNameError(f"There is no {what} {name!r}{_did_you_mean(name, definitions)}")
    return definitions[name]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    known = sorted(each for each in known if not each.startswith("__"))
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(known[:20]) or 'none'}."
