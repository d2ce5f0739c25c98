"""The steps of a run."""

from __future__ import annotations

from headrace.api.types.v1.event_pb2 import PlannedStep
from headrace.execute.planning.plan import ExecutionPlan, Step, upstream_steps
from headrace.wire.asset_keys import to_asset_keys


def to_planned_steps(plan: ExecutionPlan) -> list[PlannedStep]:
    """Writes the steps of a plan, each after those it depends on."""
    return [_planned(step, plan) for step in plan.steps.values()]


def _planned(step: Step, plan: ExecutionPlan) -> PlannedStep:
    keys = [
        output.asset_key
        for name, output in step.outputs.items()
        if output.asset_key is not None and name in step.selected_outputs
    ]
    return PlannedStep(
        step_key=step.key,
        depends_on=sorted(upstream_steps(step) & plan.steps.keys()),
        asset_keys=to_asset_keys(keys),
        pool=step.pool or "",
    )
