"""Executing some of the values of a dynamic output again, when the run before has made them already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.execute.planning.dynamic import collects, concrete_step
from headrace.execute.planning.plan import ExecutionPlan, Step
from headrace.execute.planning.sources import concrete_key, parts_of, split_key

if TYPE_CHECKING:
    from headrace.execute.spec import RunSpec

ANY_KEY = "?"
"""Stands for all mapping keys, in the key of a step."""


def resumed_steps(
    spec: RunSpec, selected: frozenset[str], everything: Mapping[str, Step]
) -> tuple[dict[str, Step], frozenset[str]]:
    """Steps for single values, and what is left of the selection beside them.

    A step is made concrete now only if what makes its values is not executed again: else the run tells its mapping keys.

    Args:
        spec: The run; its `step_keys` name steps for single values, its `mapping_keys` are those of the run before.
        selected: The names of all selected steps.
        everything: Every step of the job.
    """
    if spec.parent_run_id is None or spec.step_keys is None:
        return {}, selected
    plan = ExecutionPlan(everything, everything)
    single = _single_values(spec, selected, everything)
    concrete = {
        concrete_key(name, key): replace(concrete_step(plan, concrete_key(name, key), {}), mapped_over=None)
        for name, keys in single.items()
        for key in keys
    }
    left = selected - single.keys()
    gathering = {name for name in left if _is_known(everything[name], spec, selected, everything)}
    concrete.update({name: concrete_step(plan, name, spec.mapping_keys) for name in gathering})
    left -= gathering
    if not single.keys().isdisjoint(with_origins(left, everything)):
        return {}, selected
    return concrete, left


def with_origins(selected: frozenset[str], steps: Mapping[str, Step]) -> frozenset[str]:
    """A mapped or collecting step brings what makes its values along: their mapping keys are only known in this run."""
    wanted = set(selected)
    for key in reversed(list(steps)):
        if key in wanted and (steps[key].mapped_over or collects(steps[key], steps)):
            wanted |= {
                part.step_key
                for each in steps[key].inputs
                for part in parts_of(each.source)
                if part.collected or steps[part.step_key].mapped_over or part.handle == steps[key].mapped_over
            }
    return frozenset(wanted)


def _single_values(spec: RunSpec, selected: frozenset[str], everything: Mapping[str, Step]) -> Mapping[str, list[str]]:
    """The mapping keys by the name of the step, where single ones are asked for and their origin is left out."""
    found: dict[str, list[str]] = {}
    whole = set()
    for name, key in map(split_key, spec.step_keys or ()):
        if key is None or key == ANY_KEY:
            whole.add(name)
        else:
            found.setdefault(name, []).append(key)
    return {
        name: keys
        for name, keys in found.items()
        if name not in whole and (over := everything[name].mapped_over) is not None and over[0] not in selected
    }


def _is_known(step: Step, spec: RunSpec, selected: frozenset[str], everything: Mapping[str, Step]) -> bool:
    """Whether the run before tells all the values that a step collects."""
    origins = collects(step, everything)
    return bool(origins) and all(origin in spec.mapping_keys and origin[0] not in selected for origin in origins)
