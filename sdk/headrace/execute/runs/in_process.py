"""Running a job in the caller's process, without services: for tests and scripts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.config.run_config import RunConfig, to_run_config
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.definitions.tags import normalize_tags
from headrace.execute.planning.partitioned_run import with_partition
from headrace.execute.planning.sources import split_key
from headrace.execute.runs.in_process_result import ExecuteInProcessResult
from headrace.execute.runs.loggers import local_loggers, logging_to
from headrace.execute.runs.run import execute_run
from headrace.execute.spec import RunSpec
from headrace.instance.instance import Instance
from headrace.instance.recording import RunRecording
from headrace.instance.runs import RecordedRun
from headrace.io.memory import mem_io_manager

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition


def execute_in_process(
    job: JobDefinition,
    *,
    run_config: Mapping[str, Any] | RunConfig | None = None,
    instance: Instance | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    op_selection: Sequence[str] | None = None,
    asset_selection: Sequence[AssetKey] | None = None,
    run_id: str | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    resources: Mapping[str, Any] | None = None,
    in_memory: bool = True,
) -> ExecuteInProcessResult:
    """Run a job, step by step, and return what it left behind.

    Args:
        job: The job.
        run_config: The run config.
        instance: Where the run is recorded, and what `context.instance` is; a new one in memory when left out.
        partition_key: The partition that the run is for.
        raise_on_error: Whether the exception of user code is raised, or only found in the result.
        op_selection: The ops to run; all when left out.
        asset_selection: The assets to make; all when left out.
        run_id: The run's id; a new one when left out.
        input_values: Values for inputs of the job.
        tags: Tags of the run.
        resources: Resources to use instead of the job's.
        in_memory: Keep outputs in memory where neither job nor caller provide an I/O manager.
    """
    instance = instance if instance is not None else Instance.ephemeral()
    spec = RunSpec(
        run_id=run_id or str(uuid.uuid4()),
        job_name=job.name,
        run_config=to_run_config(run_config),
        tags={**job.run_tags, **normalize_tags(tags, "The tags of the run")},
        op_selection=op_selection,
        asset_selection=asset_selection,
        partition_key=partition_key,
        managed_loggers=instance.python_logs.managed_loggers,
        log_level=instance.python_logs.level,
    )
    spec = with_partition(job, spec, instance)
    given = dict(resources or {})
    if in_memory and DEFAULT_IO_MANAGER_KEY not in job.resource_defs:
        given.setdefault(DEFAULT_IO_MANAGER_KEY, mem_io_manager)
    outputs: dict[tuple[str, str], Any] = {}

    def keep(step_key: str, output: str, mapping_key: str | None, value: Any) -> None:
        name, mapped = split_key(step_key)
        if mapped is None and mapping_key is None:
            outputs[name, output] = value
        else:
            outputs.setdefault((name, output), {})[mapped or mapping_key] = value

    recording = RunRecording(instance, job, spec)
    try:
        outcome = execute_run(
            job,
            spec,
            emit=logging_to(local_loggers(job, spec, instance), recording.emit, job.name),
            resources=given,
            input_values=input_values,
            instance=instance,
            keep_output=keep,
        )
    except BaseException:
        recording.forget()
        raise
    recording.end(outcome)
    if raise_on_error and outcome.error is not None:
        raise outcome.error
    return ExecuteInProcessResult(job, RecordedRun.ended(spec, outcome.state), outcome, recording.events, outputs)
