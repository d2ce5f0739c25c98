"""`execute_job`: running a job here, by its own executor, and keeping the run in the records of an instance."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from headrace.config.run_config import RunConfig, to_run_config
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidSubsetError, InvariantViolationError, RunNotFoundError, StepExecutionError
from headrace.execute.event_types import EventType
from headrace.execute.events import Event
from headrace.execute.job_result import JobExecutionResult
from headrace.execute.local import execute_job_locally
from headrace.execute.partitioned_run import with_partition
from headrace.execute.plan import upstream_steps
from headrace.execute.planner import build_plan
from headrace.execute.selection import steps_of_ops
from headrace.execute.spec import RunSpec
from headrace.instance.recording import RunRecording

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.reconstructable import ReconstructableJob
    from headrace.instance.instance import Instance


@dataclass(frozen=True)
class ReexecutionOptions:
    """Which run is executed again, and which part of it.

    Args:
        parent_run_id: The run.
        step_selection: The steps, with `*` and `+` as in op selections; all when left out.
    """

    parent_run_id: str
    step_selection: Sequence[str] = ()

    @staticmethod
    def from_failure(run_id: str, instance: Instance) -> ReexecutionOptions:
        """The steps of a run that failed, and those that did not get their turn because of it.

        Args:
            run_id: The run.
            instance: Where it is recorded.
        """
        run = instance.get_run_by_id(run_id)
        if run is None:
            raise RunNotFoundError(f"There is no run {run_id!r} in this instance.")
        if not run.is_failure:
            raise InvariantViolationError("Cannot reexecute from failure a run that is not failed")
        missed = instance.all_logs(run_id, of_type={EventType.STEP_FAILURE, EventType.STEP_SKIPPED})
        keys = dict.fromkeys(entry.step_key for entry in missed if entry.step_key)
        return ReexecutionOptions(run_id, list(keys))


def execute_job(
    job: ReconstructableJob | JobDefinition,
    instance: Instance,
    run_config: Mapping[str, Any] | RunConfig | None = None,
    tags: Mapping[str, str] | None = None,
    raise_on_error: bool = False,
    op_selection: Sequence[str] | None = None,
    reexecution_options: ReexecutionOptions | None = None,
    asset_selection: Sequence[AssetKey] | None = None,
) -> JobExecutionResult:
    """Runs a job by its own executor, and records the run in an instance.

    Args:
        job: The job; `reconstructable` makes one that fresh processes can find again.
        instance: Where the run is recorded.
        run_config: The run config.
        tags: Tags of the run.
        raise_on_error: Whether an error of a step is raised, or only found in the result.
        op_selection: The ops to run; all when left out.
        reexecution_options: Which run is executed again, and which part of it.
        asset_selection: The assets to make; all when left out.
    """
    definition = job if isinstance(job, JobDefinition) else job.get_definition()
    spec = RunSpec(
        run_id=str(uuid.uuid4()),
        job_name=definition.name,
        run_config=to_run_config(run_config),
        tags={**definition.run_tags, **normalize_tags(tags, "The tags of the run")},
        op_selection=op_selection,
        asset_selection=asset_selection,
    )
    if reexecution_options is not None:
        spec = _again(definition, spec, reexecution_options, instance)
    return _execute(job, definition, with_partition(definition, spec, instance), instance, raise_on_error)


def _execute(
    job: ReconstructableJob | JobDefinition,
    definition: JobDefinition,
    spec: RunSpec,
    instance: Instance,
    raise_on_error: bool,
) -> JobExecutionResult:
    events: list[Event] = []
    recording = RunRecording(instance, definition, spec)

    def emit(event: Event) -> None:
        events.append(event)
        recording.emit(event)

    resolve = None if isinstance(job, JobDefinition) else partial(_found_again, job)
    try:
        outcome = execute_job_locally(definition, spec, emit=emit, resolve_job=resolve, instance=instance)
    except BaseException:
        recording.forget()
        raise
    recording.end(outcome)
    if raise_on_error and outcome.error is not None:
        raise outcome.error
    if raise_on_error and outcome.failure is not None:
        raise StepExecutionError(f"{outcome.failure.type}: {outcome.failure.message}")
    return JobExecutionResult(definition, spec, outcome, events, instance)


def _found_again(job: ReconstructableJob, _spec: RunSpec) -> JobDefinition:
    """What fresh processes call: it must be possible to send it to them."""
    return job.get_definition()


def _again(job: JobDefinition, spec: RunSpec, options: ReexecutionOptions, instance: Instance) -> RunSpec:
    parent = instance.get_run_by_id(options.parent_run_id)
    if parent is None:
        raise RunNotFoundError(f"There is no run {options.parent_run_id!r} in this instance to execute again.")
    spec = replace(
        spec,
        parent_run_id=parent.run_id,
        root_run_id=parent.root_run_id or parent.run_id,
        op_selection=spec.op_selection if spec.op_selection is not None else parent.op_selection,
    )
    if not options.step_selection:
        return spec
    steps = build_plan(job, spec).all_steps
    chosen = steps_of_ops(options.step_selection, {key: upstream_steps(step) for key, step in steps.items()}, job.name)
    if not chosen:
        raise InvalidSubsetError(f"The step selection {list(options.step_selection)} leaves nothing to run.")
    return replace(spec, step_keys=sorted(chosen))
