"""Dynamic outputs: steps that run once for each value, and inputs that take all of them.

A plan holds such a step once, marked with the dynamic output it is mapped over. When that output is known, the step is made
concrete once for each mapping key; a step that collects is made concrete with the keys in hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from headrace.errors import InvalidDefinitionError
from headrace.execute.planning.plan import ExecutionPlan, Step
from headrace.execute.planning.sources import (
    FromFanIn,
    FromStep,
    Handle,
    InputSource,
    concrete_key,
    parts_of,
    split_key,
)

MappingKeys = Mapping[Handle, Sequence[str]]
"""The mapping keys of the dynamic outputs that are known."""


def mark_mapped(steps: Mapping[str, Step]) -> dict[str, Step]:
    """Mark every step that is downstream of a dynamic output; upstream steps come first.

    Raises:
        InvalidDefinitionError: a step is mapped over two dynamic outputs, or over one that is mapped itself.
    """
    marked: dict[str, Step] = {}
    for key, step in steps.items():
        over = {origin for part in _plain_parts(step) if (origin := _origin(part, marked)) is not None}
        if len(over) > 1 or any(marked[origin].mapped_over for origin, _output in over):
            raise InvalidDefinitionError(
                f"{key!r} is downstream of more than one dynamic output. Collect the first one before the next: "
                "op(outputs.collect())."
            )
        marked[key] = replace(step, mapped_over=over.pop()) if over else step
    return marked


def collects(step: Step, steps: Mapping[str, Step]) -> frozenset[Handle]:
    """The dynamic outputs whose values, or what was made of them, the step takes all together."""
    parts = (part for each in step.inputs for part in parts_of(each.source) if part.collected)
    return frozenset(origin for part in parts if (origin := _origin(part, steps)) is not None)


def concrete_step(plan: ExecutionPlan, key: str, keys: MappingKeys) -> Step:
    """The step of a key as it runs, with the mapping keys known so far put in."""
    name, mapping_key = split_key(key)
    if mapping_key is not None and key in plan.steps:
        return plan.steps[key]
    step = plan.all_steps[name] if name not in plan.steps else plan.steps[name]
    if mapping_key is None and not collects(step, plan.all_steps):
        return step
    inputs = tuple(
        replace(each, source=_concrete(each.source, mapping_key, keys, plan.all_steps)) if each.source else each
        for each in step.inputs
    )
    return replace(step, key=key, inputs=inputs)


def _concrete(
    source: InputSource, mapping_key: str | None, keys: MappingKeys, steps: Mapping[str, Step]
) -> InputSource:
    if isinstance(source, FromFanIn):
        return FromFanIn(tuple(_concrete(part, mapping_key, keys, steps) for part in source.sources))
    if not isinstance(source, FromStep) or (origin := _origin(source, steps)) is None:
        return source
    if not source.collected:
        return source if mapping_key is None else _for_key(source, mapping_key, origin)
    if origin not in keys:
        return source
    return FromFanIn(tuple(_for_key(replace(source, collected=False), each, origin) for each in keys[origin]))


def _for_key(source: FromStep, mapping_key: str, origin: Handle) -> FromStep:
    if source.handle == origin:
        return replace(source, mapping_key=mapping_key)
    return replace(source, step_key=concrete_key(source.step_key, mapping_key))


def _origin(part: FromStep, steps: Mapping[str, Step]) -> Handle | None:
    """The dynamic output that a source is a value of, or was made of."""
    upstream = steps[part.step_key]
    return part.handle if upstream.op.outs[part.output].is_dynamic else upstream.mapped_over


def _plain_parts(step: Step) -> Iterator[FromStep]:
    return (part for each in step.inputs for part in parts_of(each.source) if not part.collected)
