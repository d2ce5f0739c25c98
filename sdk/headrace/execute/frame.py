"""Getting ready to run: from a job and a request to everything its steps share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.execute.capture import Capture, NoCapture
from headrace.execute.interrupts import Interrupts
from headrace.execute.partitioned_run import with_partition
from headrace.execute.plan import ExecutionPlan
from headrace.execute.planner import build_plan
from headrace.execute.runner import KeepOutput, RunFrame
from headrace.execute.subset import subset_job, subset_run_config

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.jobs.run_config import ResolvedRunConfig
    from headrace.execute.events import Event
    from headrace.execute.spec import RunSpec


def open_frame(
    job: JobDefinition,
    spec: RunSpec,
    *,
    emit: Callable[[Event], None],
    capture: Capture | None = None,
    resources: Mapping[str, Any] | None = None,
    input_values: Mapping[str, Any] | None = None,
    isolated: bool = False,
    interrupts: Interrupts | None = None,
    instance: Any = None,
    keep_output: KeepOutput | None = None,
) -> RunFrame:
    """Lay out the plan and check the run config.

    Raises:
        InvalidSubsetError: a selection does not fit the job.
        UnknownPartitionError: there is no such partition.
        InvalidConfigError: the run config does not fit.
    """
    if resources:
        job = job.with_top_level({})
        job.resource_defs = {**job.resource_defs, **as_resource_definitions(resources)}
    spec = with_partition(job, spec, instance)
    plan = build_plan(job, spec, input_values=input_values)
    return RunFrame(
        job=job,
        spec=spec,
        plan=plan,
        config=_resolved(job, spec, plan),
        resource_defs=job.all_resource_defs,
        emit=emit,
        capture=capture or NoCapture(),
        isolated=isolated,
        interrupts=interrupts or Interrupts(),
        instance=instance,
        keep_output=keep_output,
    )


def _resolved(job: JobDefinition, spec: RunSpec, plan: ExecutionPlan) -> ResolvedRunConfig:
    if len(plan.steps) == len(plan.all_steps):
        return job.resolve_run_config(spec.run_config)
    subset = subset_job(job, [step.path for step in plan.steps.values()])
    return subset.run_config_schema.resolve(
        subset_run_config(job.complete_run_config(spec.run_config), subset.graph, job.graph)
    )
