"""Graphs of which a run makes only some assets: which of their ops it needs, and what it loads instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from headrace.execute.planning.plan import Step, StepInput
from headrace.execute.planning.sources import FromAsset, FromFanIn, FromStep, Handle, InputSource, parts_of

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.layer import AssetLayer


def without_needless_ops(steps: Mapping[str, Step], layer: AssetLayer) -> dict[str, Step]:
    """The steps, without ops of graphs that none of the selected assets is made with.

    An op takes what an asset of the same graph that is not selected holds from where that is stored.

    Args:
        steps: Upstream first, with the outputs that are selected as assets.
        layer: Which assets they make.
    """
    partial = {step.path[0] for step in steps.values() if len(step.path) > 1 and _leaves_out_assets(step)}
    if not partial:
        return dict(steps)
    return _Pruning(steps, layer, partial).pruned()


class _Pruning:
    def __init__(self, steps: Mapping[str, Step], layer: AssetLayer, partial: Set[str]) -> None:
        self._steps = steps
        self._layer = layer
        self._partial = partial
        self._unselected: dict[Handle, AssetKey] = {
            (step.key, output.name): output.asset_key
            for step in steps.values()
            if step.path[0] in partial
            for output in step.outputs.values()
            if output.asset_key is not None and output.name not in step.selected_outputs
        }
        self._consumed: set[Handle] = set()

    def pruned(self) -> dict[str, Step]:
        kept: dict[str, Step] = {}
        for key in reversed(list(self._steps)):
            step = self._steps[key]
            if step.path[0] in self._partial:
                selected = self._needed_outputs(step)
                if not selected:
                    continue
                inputs = tuple(self._loaded(each) for each in step.inputs)
                step = replace(step, inputs=inputs, selected_outputs=selected)
                self._consumed.update(_handles(step.inputs))
            kept[key] = step
        return dict(reversed(kept.items()))

    def _needed_outputs(self, step: Step) -> frozenset[str]:
        return frozenset(
            name
            for name, output in step.outputs.items()
            if ((step.key, name) in self._consumed)
            or (name in step.selected_outputs and (output.asset_key is not None or output.check is not None))
        )

    def _loaded(self, each: StepInput) -> StepInput:
        source = each.source
        if source is None or not any(part.handle in self._unselected for part in parts_of(source)):
            return each
        asset_key = self._unselected.get(source.handle) if isinstance(source, FromStep) else each.asset_key
        return replace(each, source=self._source(source, each), asset_key=asset_key or each.asset_key)

    def _source(self, source: InputSource, each: StepInput) -> InputSource | None:
        if isinstance(source, FromFanIn):
            parts = tuple(part for one in source.sources if (part := self._source(one, each)) is not None)
            return FromFanIn(parts) if parts else None
        if not isinstance(source, FromStep) or source.handle not in self._unselected:
            return source
        if each.is_nothing:
            return None
        key = self._unselected[source.handle]
        return FromAsset(key, each.manager_key or self._layer.io_manager_key(key))


def _leaves_out_assets(step: Step) -> bool:
    return any(
        name not in step.selected_outputs
        for name, output in step.outputs.items()
        if output.asset_key is not None or output.check is not None
    )


def _handles(inputs: Iterable[StepInput]) -> Iterable[Handle]:
    return (part.handle for each in inputs for part in parts_of(each.source))
