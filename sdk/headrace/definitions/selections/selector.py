"""What every kind of selection can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Set
from typing import NoReturn

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.errors import InvalidDefinitionError


class Selector(ABC):
    """Finds assets and checks in a graph. Selectors are values: equal ones find the same in every graph."""

    @abstractmethod
    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        """The assets; raises an error for those that are named and not there, unless they may be missing."""

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        """The checks: those of the assets, unless the selector says more."""
        return graph.check_keys_of(self.keys(graph, allow_missing)) if graph.check_keys else frozenset()

    @abstractmethod
    def expression(self) -> str:
        """The same as text; raises an error where the syntax has none."""

    @property
    def is_compound(self) -> bool:
        """Whether the text needs parentheses beside other text."""
        return False

    def operand(self) -> str:
        """The text, fit to stand beside other text."""
        return f"({self.expression()})" if self.is_compound else self.expression()

    def has_no_expression(self) -> NoReturn:
        """Says so where text is asked for."""
        raise InvalidDefinitionError(f"The selection {self!r} cannot be written as a string.")


def quoted(text: str) -> str:
    """Text as expressions quote it."""
    return '"' + text.replace('"', '\\"') + '"'
