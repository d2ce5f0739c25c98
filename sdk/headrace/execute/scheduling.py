"""The plan as the step scheduling core sees it."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.execute.delegate import Handle, Need, StepNode
from headrace.execute.plan import ExecutionPlan, Step
from headrace.execute.sources import FromFanIn, FromStep, InputSource

PRIORITY_TAGS = ("headrace/priority", "dagster/priority")


def step_nodes(plan: ExecutionPlan) -> Iterator[StepNode]:
    """The steps of a plan with what they wait for."""
    for step in plan.steps.values():
        needs = tuple(need for each in step.inputs if (need := _need(each.source, plan)) is not None)
        yield StepNode(step.key, needs, _priority(step), step.tags, step.retry_policy)


def _need(source: InputSource | None, plan: ExecutionPlan) -> Need | None:
    if isinstance(source, FromStep):
        return Need(_handle(source)) if source.step_key in plan.steps else None
    if not isinstance(source, FromFanIn):
        return None
    parts = [part for part in source.sources if isinstance(part, FromStep) and part.step_key in plan.steps]
    handles = tuple(handle for part in parts for handle in _handle(part))
    return Need(handles, any_of=True) if handles else None


def _handle(source: FromStep) -> tuple[Handle]:
    return ((source.step_key, source.output),)


def _priority(step: Step) -> int:
    for tag in PRIORITY_TAGS:
        try:
            return int(step.tags[tag])
        except (KeyError, ValueError):
            continue
    return 0
