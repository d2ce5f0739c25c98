"""Laying out the steps of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.definitions.graphs.structure import GraphStructure, NodePath
from headrace.definitions.walk import topological_order
from headrace.errors import InvalidConfigError, InvalidSubsetError
from headrace.execute.planning.dynamic import mark_mapped
from headrace.execute.planning.flatten import FanIn, Feed, FlatOp, OpenInput, OpOutput, flatten, innermost_output
from headrace.execute.planning.graph_subset import without_needless_ops
from headrace.execute.planning.plan import ExecutionPlan, Step, StepInput, StepOutput, upstream_steps
from headrace.execute.planning.resumed import resumed_steps, with_origins
from headrace.execute.planning.selection import select_steps
from headrace.execute.planning.sources import (
    FromAsset,
    FromConfig,
    FromDefault,
    FromFanIn,
    FromInputManager,
    FromStep,
    FromValue,
    InputSource,
    parts_of,
    split_key,
)
from headrace.execute.planning.subset import selected_job

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.ops.inputs import In
    from headrace.definitions.ops.outputs import Out
    from headrace.execute.spec import RunSpec


def build_plan(
    job: JobDefinition,
    spec: RunSpec,
    *,
    input_values: Mapping[str, Any] | None = None,
) -> ExecutionPlan:
    """Lay out the steps that `spec` asks of `job`.

    Args:
        job: The job.
        spec: Which part of it.
        input_values: Values for inputs of the job itself.

    Raises:
        InvalidSubsetError: a selection names something the job does not have, or cuts off an input.
        InvalidConfigError: an input gets no value from anywhere.
    """
    job = selected_job(job, spec)
    planner = _Planner(job, spec, {**job.input_values, **(input_values or {})})
    everything = planner.all_steps()
    selected = select_steps(job, spec, {key: upstream_steps(step) for key, step in everything.items()})
    steps = everything
    if selected is not None:
        concrete, left = resumed_steps(spec, selected, everything)
        steps = planner.chosen(with_origins(left, everything), concrete, everything)
    if job.asset_layer is not None:
        steps = without_needless_ops(steps, job.asset_layer)
    _check_fed(steps.values())
    return ExecutionPlan(steps, everything)


def _check_fed(steps: Iterable[Step]) -> None:
    unfed = [(step, each) for step in steps for each in step.inputs if each.source is None and not each.is_nothing]
    if unfed:
        lines = "; ".join(
            f"Input {each.name!r} of {step.key!r} is connected to nothing: give it in the run config under "
            f"ops:{':ops:'.join(step.path)}:inputs:{each.name}, or give it a default value"
            for step, each in unfed
        )
        raise InvalidConfigError(f"{lines}.")


class _Planner:
    def __init__(self, job: JobDefinition, spec: RunSpec, input_values: Mapping[str, Any]) -> None:
        self._job = job
        self._spec = spec
        self._run_config = job.complete_run_config(spec.run_config)
        self._layer = job.asset_layer
        self._input_values = input_values

    def all_steps(self) -> dict[str, Step]:
        """Every step of the job, upstream first."""
        steps = {(step := self._step(flat)).key: step for flat in flatten(self._job.graph)}
        order = topological_order({key: upstream_steps(step) for key, step in steps.items()})
        return mark_mapped({key: steps[key] for key in order})

    def chosen(
        self, names: frozenset[str], concrete: Mapping[str, Step], everything: Mapping[str, Step]
    ) -> dict[str, Step]:
        """The selected steps, upstream first: those of these names, and those that are concrete already."""
        by_name: dict[str, list[Step]] = {}
        for key, step in concrete.items():
            by_name.setdefault(split_key(key)[0], []).append(step)
        keys = names | concrete.keys()
        steps = (
            each for name, step in everything.items() for each in ([step] if name in names else by_name.get(name, ()))
        )
        return {step.key: self.subset(step, keys) for step in steps}

    def subset(self, step: Step, selected: frozenset[str]) -> Step:
        """A selected step: what it takes from steps that are not selected is loaded from where it was stored."""
        inputs = tuple(self._cut(step, each, selected) for each in step.inputs)
        spec = self._spec
        chosen = () if spec.asset_selection is None and spec.asset_check_selection is not None else spec.asset_selection
        wanted = frozenset(name for name in step.selected_outputs if self._is_wanted(step.outputs[name], chosen))
        return replace(step, inputs=inputs, selected_outputs=wanted)

    def _is_wanted(self, output: StepOutput, chosen: Sequence[AssetKey] | None) -> bool:
        checks = self._spec.asset_check_selection
        if output.check is not None and checks is not None:
            return output.check.key in checks
        key = output.check.asset_key if output.check is not None else output.asset_key
        return chosen is None or key is None or key in chosen

    def _is_made(self, path: NodePath, output: StepOutput) -> bool:
        if self._layer is None:
            return True
        if output.check is not None:
            name = self._outermost_output(path, output.name)
            return name is not None and self._layer.makes_check(path[0], name)
        return output.asset_key is None or self._layer.makes(path[0], output.asset_key)

    def _step(self, flat: FlatOp) -> Step:
        outputs = {name: self._output(flat.path, name, out) for name, out in flat.op.outs.items()}
        return Step(
            key=".".join(flat.path),
            path=flat.path,
            op=flat.op,
            inputs=(*(self._input(flat, name, each) for name, each in flat.op.ins.items()), *self._gates(flat.path)),
            outputs=outputs,
            retry_policy=self._job.retry_policy_of(flat.path),
            tags=self._job.tags_of(flat.path),
            selected_outputs=frozenset(name for name, each in outputs.items() if self._is_made(flat.path, each)),
        )

    def _output(self, path: NodePath, name: str, out: Out) -> StepOutput:
        outer = self._outermost_output(path, name) if self._layer is not None else None
        if self._layer is None or outer is None:
            return StepOutput(name, out.io_manager_key, out.is_required)
        key, check = self._layer.key_of_output(path[0], outer), self._layer.check_of_output(path[0], outer)
        return StepOutput(name, out.io_manager_key, out.is_required, key, check)

    def _gates(self, path: NodePath) -> Iterator[StepInput]:
        """The verdicts of blocking checks, as inputs that carry no value."""
        handles = self._layer.gates.get(path[0], ()) if self._layer is not None else ()
        for handle in handles:
            inner, output = innermost_output(self._job.graph, handle.node, handle.output)
            yield StepInput(f"__gate_{handle.output}", FromStep(".".join(inner), output), is_nothing=True)

    def _input(self, flat: FlatOp, name: str, each: In) -> StepInput:
        key = self._asset_of_input(flat.path, name) or each.asset_key
        source = self._fed(flat.feeds[name], each, key)
        return StepInput(name, source, each.is_nothing, each.input_manager_key, key)  # type: ignore[arg-type]

    def _fed(self, feed: Feed, each: In, key: Any) -> InputSource | None:
        if isinstance(feed, OpOutput):
            return FromStep(".".join(feed.path), feed.output, collected=feed.collected)
        if isinstance(feed, FanIn):
            return self._fan_in(feed, each)
        if not feed.path and feed.name in self._input_values:
            return FromValue(self._input_values[feed.name])
        return None if each.is_nothing else self._open(feed, each, key)

    def _fan_in(self, feed: FanIn, each: In) -> InputSource | None:
        parts = [self._fed(part, each, None) for part in feed.parts]
        return FromFanIn(tuple(part for part in parts if part is not None))

    def _open(self, feed: OpenInput, each: In, key: Any) -> InputSource | None:
        """The source of an input that no output and no value is connected to."""
        given = feed.name in self._given_inputs(feed.path)
        asset = self._job.graph.node_at(feed.path).input_assets.get(feed.name) if feed.path else None
        if asset is not None and not given:
            return FromAsset(asset.key, asset.io_manager_key)
        if key is not None and not given:
            return FromAsset(key, each.input_manager_key or self._manager_of(key))
        if each.input_manager_key is not None:
            return FromInputManager(each.input_manager_key)
        if given or (self._layer is None and self._declared(feed).type.is_configurable):
            return FromConfig(feed.path, feed.name, each.default_value)
        return FromDefault(each.default_value) if each.has_default_value else None

    def _declared(self, feed: OpenInput) -> In:
        owner = self._job.graph.node_at(feed.path).definition if feed.path else self._job.graph
        return owner.ins[feed.name]

    def _given_inputs(self, path: NodePath) -> Mapping[str, Any]:
        section: Mapping[str, Any] = self._run_config
        for name in path:
            section = (section.get("ops") or {}).get(name) or {}
        return section.get("inputs") or {}

    def _manager_of(self, key: AssetKey) -> str:
        return self._layer.io_manager_key(key) if self._layer is not None else "io_manager"

    def _asset_of_input(self, path: NodePath, name: str) -> AssetKey | None:
        """The asset that an input reads: its own, or that of the graph's input that is mapped to it."""
        if self._layer is None:
            return None
        for depth in range(len(path) - 1, 0, -1):
            graph = self._job.graph.node_at(path[:depth]).definition
            mapped = [
                each.graph_input_name
                for each in (graph.input_mappings if isinstance(graph, GraphStructure) else ())
                if (each.mapped_node_name, each.mapped_node_input_name) == (path[depth], name)
                and each.fan_in_index is None
            ]
            if not mapped:
                return None
            name = mapped[0]
        return self._layer.key_of_input(path[0], name)

    def _outermost_output(self, path: NodePath, name: str) -> str | None:
        """The output of the top-level node that an op's output is: its own, or the graph's that is mapped from it."""
        for depth in range(len(path) - 1, 0, -1):
            graph = self._job.graph.node_at(path[:depth]).definition
            mapped = [
                each.graph_output_name
                for each in (graph.output_mappings if isinstance(graph, GraphStructure) else ())
                if (each.mapped_node_name, each.mapped_node_output_name) == (path[depth], name)
            ]
            if not mapped:
                return None
            name = mapped[0]
        return name

    def _cut(self, step: Step, each: StepInput, selected: frozenset[str]) -> StepInput:
        if each.source is None:
            return each
        source = None if each.is_nothing else self._elsewhere(step, each, each.source, selected)
        if each.is_nothing:
            kept = tuple(part for part in parts_of(each.source) if part.step_key in selected)
            source = None if not kept else kept[0] if len(kept) == 1 else FromFanIn(kept)
        return StepInput(each.name, source, each.is_nothing, each.manager_key, each.asset_key)

    def _elsewhere(self, step: Step, each: StepInput, source: InputSource, selected: frozenset[str]) -> InputSource:
        if isinstance(source, FromFanIn):
            return FromFanIn(tuple(self._elsewhere(step, each, part, selected) for part in source.sources))
        if not isinstance(source, FromStep) or source.step_key in selected:
            return source
        if each.asset_key is not None:
            return FromAsset(each.asset_key, each.manager_key or self._manager_of(each.asset_key))
        if self._spec.parent_run_id is not None:
            return replace(source, run_id=self._spec.parent_run_id)
        if each.name in self._given_inputs(step.path):
            return FromConfig(step.path, each.name)
        raise InvalidSubsetError(
            f"Input {each.name!r} of {step.key!r} comes from {source.step_key!r}, which is not selected. "
            f"Select it as well, or give the input in the run config under ops:{':ops:'.join(step.path)}:inputs."
        )
