"""Selecting checks without the assets that they look at."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.selections.selector import Selector
from headrace.errors import InvalidSubsetError


class _ChecksOnly(Selector):
    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return frozenset()

    def expression(self) -> str:
        self.has_no_expression()


@dataclass(frozen=True)
class AllChecks(_ChecksOnly):
    """All checks."""

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        return graph.check_keys


@dataclass(frozen=True)
class Checks(_ChecksOnly):
    """These checks."""

    chosen: frozenset[AssetCheckKey]

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        missing = self.chosen - graph.check_keys
        if missing and not allow_missing:
            names = sorted(key.to_user_string() for key in missing)
            raise InvalidSubsetError(
                f"AssetCheckKey(s) {names} were selected, but no definitions supply these keys. Put what makes them into "
                "Definitions(asset_checks=...), and look whether they are spelled like there."
            )
        return self.chosen & graph.check_keys


@dataclass(frozen=True)
class ChecksOf(_ChecksOnly):
    """The checks of the assets that something else finds."""

    assets: Selector

    def check_keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        return graph.check_keys_of(self.assets.keys(graph, allow_missing))
