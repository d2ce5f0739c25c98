"""The dynamic outputs of a run in progress: which mapping keys are known, and what steps they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from headrace.execute.planning.dynamic import collects, concrete_step
from headrace.execute.planning.plan import ExecutionPlan, Step
from headrace.execute.planning.sources import Handle, concrete_key
from headrace.execute.runner import StepEnd
from headrace.execute.scheduling.delegate import Launch, StepNode
from headrace.execute.scheduling.nodes import step_node


class Mapped:
    """Puts concrete steps in the place of mapped ones as soon as the mapping keys are known."""

    def __init__(self, plan: ExecutionPlan) -> None:
        self._plan = plan
        self._keys: dict[Handle, Sequence[str]] = {}
        self._collects = {key: found for key, step in plan.steps.items() if (found := collects(step, plan.all_steps))}

    def complete(self, launch: Launch) -> Launch:
        """A launch with the mapping keys that its step is made concrete with."""
        return replace(launch, mapping_keys=dict(self._keys)) if self._keys else launch

    def expand(self, end: StepEnd) -> Mapping[str, Sequence[StepNode]]:
        """What the end of a step makes of mapped and collecting steps."""
        known = self._known_by(end)
        if not known:
            return {}
        self._keys.update(known)
        replaced: dict[str, Sequence[StepNode]] = {}
        for key, step in self._plan.steps.items():
            if step.mapped_over is not None and step.mapped_over in known:
                mapping_keys = known[step.mapped_over]
                replaced[key] = [self._node(concrete_key(key, mapping_key)) for mapping_key in mapping_keys]
            elif self._may_collect(self._collects.get(key, frozenset()), known):
                replaced[key] = [self._node(key)]
        return replaced

    def _may_collect(self, collected: frozenset[Handle], known: Mapping[Handle, Sequence[str]]) -> bool:
        """Whether a step takes what is known now; of an optional output without values there is nothing to take."""
        handles = collected & known.keys()
        return bool(handles) and not any(self._is_missing(handle) for handle in handles)

    def _is_missing(self, handle: Handle) -> bool:
        step, output = handle
        return not self._keys[handle] and not self._plan.steps[step].op.outs[output].is_required

    def _known_by(self, end: StepEnd) -> Mapping[Handle, Sequence[str]]:
        step: Step | None = self._plan.steps.get(end.key)
        if step is None:
            return {}
        dynamic = (name for name, out in step.op.outs.items() if out.is_dynamic)
        return {(end.key, name): end.mapping_keys.get(name, ()) for name in dynamic}

    def _node(self, key: str) -> StepNode:
        return step_node(concrete_step(self._plan, key, self._keys), self._plan)
