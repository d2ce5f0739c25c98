"""`execute_job`: running a job here, by its own executor, and keeping the run in the records of an instance."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from headrace.config.run_config import RunConfig, to_run_config
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.tags import normalize_tags
from headrace.errors import StepExecutionError
from headrace.execute.planning.partitioned_run import with_partition
from headrace.execute.runs.job_result import JobExecutionResult
from headrace.execute.runs.local import execute_job_locally
from headrace.execute.runs.loggers import local_loggers, logging_to
from headrace.execute.runs.reexecution import ReexecutionOptions, again
from headrace.execute.spec import RunSpec
from headrace.instance.recording import RunRecording

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.reconstructable import ReconstructableJob
    from headrace.instance.instance import Instance


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
        managed_loggers=instance.python_logs.managed_loggers,
        log_level=instance.python_logs.level,
    )
    if reexecution_options is not None:
        spec = again(definition, spec, reexecution_options, instance)
    return _execute(job, definition, with_partition(definition, spec, instance), instance, raise_on_error)


def _execute(
    job: ReconstructableJob | JobDefinition,
    definition: JobDefinition,
    spec: RunSpec,
    instance: Instance,
    raise_on_error: bool,
) -> JobExecutionResult:
    recording = RunRecording(instance, definition, spec)
    resolve = None if isinstance(job, JobDefinition) else partial(_found_again, job)
    emit = logging_to(local_loggers(definition, spec, instance), recording.emit, definition.name)
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
    return JobExecutionResult(definition, spec, outcome, recording.events, instance)


def _found_again(job: ReconstructableJob, _spec: RunSpec) -> JobDefinition:
    """What fresh processes call: it must be possible to send it to them."""
    return job.get_definition()
