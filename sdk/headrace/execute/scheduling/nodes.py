"""The plan as the step scheduling core sees it."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.execute.planning.plan import ExecutionPlan, Step
from headrace.execute.planning.sources import FromFanIn, FromStep, Handle, InputSource, parts_of, split_key
from headrace.execute.scheduling.delegate import Need, StepNode

PRIORITY_TAGS = ("headrace/priority", "dagster/priority")


def step_nodes(plan: ExecutionPlan) -> Iterator[StepNode]:
    """The steps of a plan with what they wait for."""
    return (step_node(step, plan) for step in plan.steps.values())


def step_node(step: Step, plan: ExecutionPlan) -> StepNode:
    """A step with what it waits for."""
    needs = tuple(need for each in step.inputs if (need := _need(each.source, plan)) is not None)
    return StepNode(step.key, needs, _priority(step), step.tags, step.retry_policy, step.pool)


def _need(source: InputSource | None, plan: ExecutionPlan) -> Need | None:
    if isinstance(source, FromStep):
        return Need(_handle(source)) if _runs(source, plan) else None
    if not isinstance(source, FromFanIn):
        return None
    parts = [part for part in parts_of(source) if _runs(part, plan)]
    handles = tuple(handle for part in parts for handle in _handle(part))
    return Need(handles, any_of=True) if handles else None


def _runs(source: FromStep, plan: ExecutionPlan) -> bool:
    if source.run_id is not None:
        return False
    return source.step_key in plan.steps or split_key(source.step_key)[0] in plan.steps


def _handle(source: FromStep) -> tuple[Handle]:
    return ((source.step_key, source.output),)


def _priority(step: Step) -> int:
    for tag in PRIORITY_TAGS:
        try:
            return int(step.tags[tag])
        except (KeyError, ValueError):
            continue
    return 0
