"""Selecting assets by their keys, or all there are."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.selections.selector import Selector, quoted
from headrace.errors import InvalidSubsetError

_SHOWN = 10


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
            names = ", ".join(key.to_user_string() for key in missing)
            raise InvalidSubsetError(
                f"Assets are selected that are not there, no AssetsDefinition objects supply these keys: {names}"
                f"{_suggestion(missing, graph.keys)}"
            )
        return {key for key in self.chosen if graph.has(key)}

    @property
    def is_compound(self) -> bool:
        return len(self.chosen) != 1

    def expression(self) -> str:
        return " or ".join(f"key:{quoted(key.to_user_string())}" for key in self.chosen) or "not *"


def _suggestion(missing: Sequence[AssetKey], known: Iterable[AssetKey]) -> str:
    close = sorted({other for key in missing for other in known if _may_be_meant(key, other)})[:_SHOWN]
    if not close:
        return "."
    # Written like this, a key can be pasted into AssetKey(...), whatever its parts hold.
    return "; did you mean one of the following?\n\t" + ", ".join(json.dumps(list(key.parts)) for key in close)


def _may_be_meant(key: AssetKey, other: AssetKey) -> bool:
    """The same name somewhere else, or nearly the same name at the same place."""
    if key.parts[-1] == other.parts[-1]:
        return True
    return key.parts[:-1] == other.parts[:-1] and bool(difflib.get_close_matches(key.parts[-1], [other.parts[-1]]))
