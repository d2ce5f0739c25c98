"""Selections made of selections."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.selections.keys import Everything
from headrace.definitions.selections.selector import Selector


class _Compound(Selector):
    @property
    def is_compound(self) -> bool:
        return True


@dataclass(frozen=True)
class Union(_Compound):
    """What any of several finds."""

    operands: tuple[Selector, ...]

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return set[AssetKey]().union(*(each.keys(graph, allow_missing) for each in self.operands))

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        return set[AssetCheckKey]().union(*(each.check_keys(graph, allow_missing) for each in self.operands))

    def expression(self) -> str:
        return " or ".join(each.operand() for each in self.operands)


@dataclass(frozen=True)
class Intersection(_Compound):
    """What each of several finds."""

    operands: tuple[Selector, ...]

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        first, *others = (each.keys(graph, allow_missing) for each in self.operands)
        return set(first).intersection(*others)

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        first, *others = (each.check_keys(graph, allow_missing) for each in self.operands)
        return set(first).intersection(*others)

    def expression(self) -> str:
        return " and ".join(each.operand() for each in self.operands)


@dataclass(frozen=True)
class Difference(_Compound):
    """What one finds and the other does not."""

    left: Selector
    right: Selector

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return self.left.keys(graph, allow_missing) - self.right.keys(graph, allow_missing)

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        return self.left.check_keys(graph, allow_missing) - self.right.check_keys(graph, allow_missing)

    def expression(self) -> str:
        if isinstance(self.left, Everything):
            return f"not {self.right.operand()}"
        return f"{self.left.operand()} and not {self.right.operand()}"


def union(*operands: Selector) -> Selector:
    """The union; of unions, one of all their operands."""
    flat = [each for one in operands for each in (one.operands if isinstance(one, Union) else (one,))]
    return flat[0] if len(flat) == 1 else Union(tuple(flat))


def intersection(*operands: Selector) -> Selector:
    """The intersection; of intersections, one of all their operands."""
    flat = [each for one in operands for each in (one.operands if isinstance(one, Intersection) else (one,))]
    return flat[0] if len(flat) == 1 else Intersection(tuple(flat))
