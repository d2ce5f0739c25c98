"""Selecting assets by their keys, or all there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.similar_keys import similar_keys
from headrace.definitions.selections.selector import Selector, quoted
from headrace.errors import InvalidSubsetError


@dataclass(frozen=True)
class Everything(Selector):
    """All assets that can be made here, or all there are."""

    include_sources: bool = False

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return graph.keys if self.include_sources else graph.materializable_keys

    def expression(self) -> str:
        return "*"


@dataclass(frozen=True)
class Keys(Selector):
    """These assets."""

    chosen: tuple[AssetKey, ...]

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        missing = [key for key in self.chosen if not graph.has(key)]
        if missing and not allow_missing:
            names = [key.to_user_string() for key in missing]
            raise InvalidSubsetError(
                f"AssetKey(s) {names} were selected, but no AssetsDefinition objects supply these keys"
                f"{_suggestion(missing, graph.keys)}"
            )
        return {key for key in self.chosen if graph.has(key)}

    @property
    def is_compound(self) -> bool:
        return len(self.chosen) != 1

    def expression(self) -> str:
        return " or ".join(f"key:{quoted(key.to_user_string())}" for key in self.chosen) or "not *"


def _suggestion(missing: Sequence[AssetKey], known: Iterable[AssetKey]) -> str:
    close = similar_keys(missing, known)
    return "; did you mean one of the following?\n\t" + ", ".join(close) if close else "."
