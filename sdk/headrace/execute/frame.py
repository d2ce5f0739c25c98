"""Getting ready to run: from a job and a request to everything its steps share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.execute.capture import Capture, NoCapture
from headrace.execute.interrupts import Interrupts
from headrace.execute.planning.partitioned_run import with_partition
from headrace.execute.planning.plan import ExecutionPlan
from headrace.execute.planning.planner import build_plan
from headrace.execute.planning.subset import selected_job, subset_job
from headrace.execute.runner import KeepOutput, RunFrame
from headrace.instance.instance import Instance

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.jobs.run_config import ResolvedRunConfig
    from headrace.execute.events.event import Event
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
        job = job.with_resources(resources)
    spec = with_partition(job, spec, instance)
    job = selected_job(job.with_input_values(input_values) if input_values else job, spec)
    job.check_resources()
    plan = build_plan(job, spec)
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
        instance=instance if instance is not None else Instance.at_hand(),
        keep_output=keep_output,
    )


def _resolved(job: JobDefinition, spec: RunSpec, plan: ExecutionPlan) -> ResolvedRunConfig:
    if len(plan.steps) == len(plan.all_steps):
        return job.resolve_run_config(spec.run_config)
    subset = subset_job(job, [step.path for step in plan.steps.values()])
    # What comes from steps that are left out may be stored already, so it need not be given.
    schema = replace(subset.run_config_schema, requires_inputs=False)
    return schema.resolve(subset.complete_run_config(spec.run_config))
