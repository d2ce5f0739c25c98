"""Selecting along the graph, starting from what something else finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.selections.selector import Selector
from headrace.definitions.selections.syntax import FUNCTIONS
from headrace.definitions.walk import reachable
from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class Walk(Selector):
    """What lies upstream or downstream, at most so many steps away."""

    start: Selector
    up: bool
    depth: int | None = None
    include_self: bool = True

    def __post_init__(self) -> None:
        if self.depth is not None and self.depth < 0:
            raise InvalidDefinitionError(f"depth must be 0 or more, not {self.depth}.")

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        start = self.start.keys(graph, allow_missing)
        edges = graph.parents if self.up else graph.children
        found = reachable(start, edges.__getitem__, self.depth)
        found = (found & graph.materializable_keys) | start if self.up else found
        return found if self.include_self else found - start

    @property
    def is_compound(self) -> bool:
        return not self.include_self

    def expression(self) -> str:
        start = self.start.operand()
        steps = "" if self.depth is None else str(self.depth)
        walked = f"{steps}+{start}" if self.up else f"{start}+{steps}"
        if self.depth == 0:
            walked = start
        return walked if self.include_self else f"{walked} and not {start}"


@dataclass(frozen=True)
class Derived(Selector):
    """What a place in the graph has to do with what something else finds."""

    start: Selector
    relation: str

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return _RELATIONS[self.relation](graph, self.start.keys(graph, allow_missing))

    def expression(self) -> str:
        if self.relation not in FUNCTIONS:
            self.has_no_expression()
        return f"{self.relation}({self.start.expression()})"


def _roots(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    return {key for key in keys if not _reaches_another(key, keys, graph.parents)}


def _sinks(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    return {key for key in keys if not _reaches_another(key, keys, graph.children)}


def _reaches_another(key: AssetKey, keys: Set[AssetKey], edges: Mapping[AssetKey, Set[AssetKey]]) -> bool:
    return not (reachable([key], edges.__getitem__) & keys) <= {key}


def _materializable(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    return keys & graph.materializable_keys


def _sources_above(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    return reachable(keys, graph.parents.__getitem__) & graph.external_keys


def _neighbors(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    together = (each.keys for each in graph.assets_defs_for(keys) if not each.can_subset)
    return set(keys).union(*together)


_RELATIONS: Mapping[str, Callable[[AssetGraph, Set[AssetKey]], Set[AssetKey]]] = {
    "roots": _roots,
    "sinks": _sinks,
    "materializable": _materializable,
    "upstream_source_assets": _sources_above,
    "required_multi_asset_neighbors": _neighbors,
}
