"""What a schedule or sensor runs: jobs, or assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition, define_asset_job
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.notices import deprecated
from headrace.errors import InvalidDefinitionError, InvariantViolationError, UnknownNameError

ExecutableDefinition = JobDefinition | GraphDefinition | UnresolvedAssetJobDefinition
ResolvableJob = JobDefinition | UnresolvedAssetJobDefinition
JOB_TYPES = (JobDefinition, GraphDefinition, UnresolvedAssetJobDefinition)


class AutomationTarget:
    """One job that a schedule or sensor runs.

    Attributes:
        job_name: The job's name.
        job: The job, unless it was given by name.
        assets_defs: Assets that were given as the target.
    """

    def __init__(
        self, job_name: str, job: ResolvableJob | None = None, assets_defs: Sequence[AssetsDefinition] = ()
    ) -> None:
        self.job_name = job_name
        self.job = job
        self.assets_defs = list(assets_defs)

    @property
    def job_def(self) -> ResolvableJob:
        """The job, under the name that older code reads.

        Raises:
            InvariantViolationError: the job was given by name.
        """
        if self.job is None:
            raise InvariantViolationError(
                f"The target is job {self.job_name!r} by name; the definitions around it have it."
            )
        return self.job

    def bound_to(self, resolve_job: Callable[[str], JobDefinition]) -> AutomationTarget:
        """The same; an op job is as all definitions make it when they are put together, resources included."""
        return _BoundTarget(self, resolve_job) if isinstance(self.job, JobDefinition) else self


class _BoundTarget(AutomationTarget):
    def __init__(self, target: AutomationTarget, resolve_job: Callable[[str], JobDefinition]) -> None:
        self._resolve_job = resolve_job
        super().__init__(target.job_name, target.job, target.assets_defs)

    @property
    def job(self) -> ResolvableJob | None:
        return self._resolve_job(self.job_name)

    @job.setter
    def job(self, given: ResolvableJob | None) -> None:
        """What is resolved takes the place of what was given."""


def job_of_graph(graph: GraphDefinition) -> JobDefinition:
    """The job that a graph is where it is given as one: the same wherever it is given."""
    job = vars(graph).get("_bare_job")
    if not isinstance(job, JobDefinition):
        vars(graph)["_bare_job"] = job = graph.to_job()
    return job


def target_of_job(job: ExecutableDefinition, what: str) -> AutomationTarget:
    """The target for `job=`."""
    if isinstance(job, GraphDefinition):
        deprecated(f"{what}: Passing GraphDefinition as a job is deprecated. Make a job of it: {job.name}.to_job().")
        job = job_of_graph(job)
    if not isinstance(job, (JobDefinition, UnresolvedAssetJobDefinition)):
        raise InvalidDefinitionError(
            f"{what}: {job!r} is no job; give what @job, define_asset_job or graph.to_job returned."
        )
    return AutomationTarget(job.name, job)


def targets_of(target: Any, owner_name: str | None, what: str) -> AutomationTarget:
    """The target for `target=`: a job, assets, or a selection of assets."""
    if isinstance(target, JOB_TYPES):
        return target_of_job(target, what)
    if owner_name is None:
        raise InvalidDefinitionError(f"{what}: with assets as its target it needs a name.")
    assets_defs: Sequence[AssetsDefinition] = ()
    if isinstance(target, AssetsDefinition):
        assets_defs = [target]
    elif isinstance(target, Sequence) and not isinstance(target, str):
        assets_defs = [each for each in target if isinstance(each, AssetsDefinition)]
    job = define_asset_job(f"__anonymous_asset_job_{owner_name}", AssetSelection.from_coercible(target))
    return AutomationTarget(job.name, job, assets_defs)


def job_named(name: str, targets: Sequence[AutomationTarget], definitions: Any) -> ResolvableJob | None:
    """A job by its name: held by a target, or found in definitions; None where nobody has it at hand."""
    held = next((target.job for target in targets if target.job_name == name and target.job is not None), None)
    if held is not None or definitions is None:
        return held
    try:
        job: ResolvableJob = definitions.resolve_job(name)
    except UnknownNameError:
        return None
    return job


def one_of(what: str, **given: Any) -> None:
    """Refuses more than one of several arguments that mean the same."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise InvalidDefinitionError(f"{what}: give only one of {', '.join(names)}.")


def names_of(targets: Iterable[AutomationTarget]) -> str:
    """The jobs' names, for messages."""
    return ", ".join(repr(target.job_name) for target in targets)
