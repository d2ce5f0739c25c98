"""Selections of assets: which ones, told before it is known which there are."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence, Set
from typing import Any

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix, key_prefix_parts
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.selections.attributes import ByAttribute, ByPair, ByPrefix
from headrace.definitions.selections.checks import AllChecks, Checks, ChecksOf
from headrace.definitions.selections.combined import Difference, intersection, union
from headrace.definitions.selections.expressions import read_selection
from headrace.definitions.selections.keys import Everything, Keys
from headrace.definitions.selections.selector import Selector
from headrace.definitions.selections.walks import Derived, Walk
from headrace.errors import InvalidDefinitionError


class AssetSelection:
    """Which assets; combined with `|`, `&` and `-`, and widened along the graph.

    Args:
        selector: What finds them.
    """

    __slots__ = ("selector",)

    def __init__(self, selector: Selector) -> None:
        self.selector = selector

    # Where a selection starts

    @staticmethod
    def all(include_sources: bool = False) -> AssetSelection:
        """All assets that can be made here; with `include_sources`, those made elsewhere as well."""
        return AssetSelection(Everything(include_sources))

    @staticmethod
    def assets(*assets_defs: AssetsDefinition | AssetSpec | CoercibleToAssetKey) -> AssetSelection:
        """These assets, by what defines them or by their keys; strings are read like `prefix/name`."""
        return AssetSelection(Keys(tuple(key for each in assets_defs for key in _keys_of(each))))

    @staticmethod
    def keys(*asset_keys: CoercibleToAssetKey) -> AssetSelection:
        """The assets with these keys; strings are read like `prefix/name`."""
        return AssetSelection.assets(*asset_keys)

    @staticmethod
    def groups(*group_strs: str, include_sources: bool = False) -> AssetSelection:
        """The assets of these groups."""
        return AssetSelection(ByAttribute("group", group_strs, include_sources))

    @staticmethod
    def tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """The assets that carry this tag with this value."""
        return AssetSelection(ByPair("tag", key, value, include_sources))

    @staticmethod
    def tag_string(string: str, include_sources: bool = False) -> AssetSelection:
        """The assets that carry a tag, written `key=value`, or `key` for an empty value."""
        key, _, value = string.partition("=")
        return AssetSelection.tag(key, value, include_sources)

    @staticmethod
    def kind(kind: str | None, include_sources: bool = False) -> AssetSelection:
        """The assets of this kind; with None, those of no kind."""
        return AssetSelection(ByAttribute("kind", (kind,), include_sources))

    @staticmethod
    def owner(owner: str | None, include_sources: bool = False) -> AssetSelection:
        """The assets of this owner; with None, those that nobody owns."""
        return AssetSelection(ByAttribute("owner", (owner,), include_sources))

    @staticmethod
    def column(column: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose metadata names a column of this name."""
        return AssetSelection(ByAttribute("column", (column,), include_sources))

    @staticmethod
    def column_tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose metadata names a column that carries this tag with this value."""
        return AssetSelection(ByPair("column_tag", key, value, include_sources))

    @staticmethod
    def table_name(table_name: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose metadata names this table."""
        return AssetSelection(ByAttribute("table_name", (table_name,), include_sources))

    @staticmethod
    def key_prefixes(*key_prefixes: CoercibleToAssetKeyPrefix, include_sources: bool = False) -> AssetSelection:
        """The assets whose keys begin with one of these."""
        return AssetSelection(ByPrefix(tuple(map(key_prefix_parts, key_prefixes)), include_sources))

    @staticmethod
    def key_substring(key_substring: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose keys, written with slashes, contain this."""
        return AssetSelection(ByAttribute("key_substring", (key_substring,), include_sources))

    @staticmethod
    def key_wildcard(pattern: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose keys, written with slashes, match a pattern where `*` stands for anything."""
        return AssetSelection(ByAttribute("key", (pattern,), include_sources))

    @staticmethod
    def checks(*assets_defs_or_keys: AssetsDefinition | AssetCheckKey) -> AssetSelection:
        """These checks, by what defines them or by their keys, without the assets they look at."""
        return AssetSelection(Checks(frozenset(key for each in assets_defs_or_keys for key in _check_keys_of(each))))

    @staticmethod
    def checks_for_assets(*assets_defs: AssetsDefinition | AssetSpec | CoercibleToAssetKey) -> AssetSelection:
        """The checks of these assets, without the assets."""
        return AssetSelection(ChecksOf(AssetSelection.assets(*assets_defs).selector))

    @staticmethod
    def all_asset_checks() -> AssetSelection:
        """All checks, without the assets they look at."""
        return AssetSelection(AllChecks())

    @staticmethod
    def from_coercible(selection: CoercibleToAssetSelection) -> AssetSelection:
        """Takes a selection as it is, a string as an expression, a list as assets and expressions."""
        if isinstance(selection, AssetSelection):
            return selection
        if isinstance(selection, str):
            return AssetSelection.from_string(selection)
        if isinstance(selection, (AssetsDefinition, AssetSpec, AssetKey)):
            return AssetSelection.assets(selection)
        if not isinstance(selection, (Sequence, Set)):
            raise InvalidDefinitionError(
                f"{selection!r} selects nothing; give an AssetSelection, a string, or a list of assets."
            )
        if any(isinstance(each, str) for each in selection):
            return AssetSelection(union(*(_from_list_item(each).selector for each in selection)))
        return AssetSelection.assets(*selection)

    @staticmethod
    def from_string(string: str, include_sources: bool = False) -> AssetSelection:
        """Reads an expression such as `group:sales and not tag:slow`, `+key:"a/*"+2` or `*orders`."""
        return AssetSelection(read_selection(string, include_sources))

    # Along the graph

    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With the assets upstream, at most `depth` steps away; those made elsewhere are left out."""
        return AssetSelection(Walk(self.selector, True, depth, include_self))

    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With the assets downstream, at most `depth` steps away."""
        return AssetSelection(Walk(self.selector, False, depth, include_self))

    def upstream_source_assets(self) -> AssetSelection:
        """The assets made elsewhere that are upstream."""
        return AssetSelection(Derived(self.selector, "upstream_source_assets"))

    def required_multi_asset_neighbors(self) -> AssetSelection:
        """With the assets that can only be made together with the selected ones."""
        return AssetSelection(Derived(self.selector, "required_multi_asset_neighbors"))

    def roots(self) -> AssetSelection:
        """Those that depend on none of the others."""
        return AssetSelection(Derived(self.selector, "roots"))

    def sinks(self) -> AssetSelection:
        """Those that none of the others depends on."""
        return AssetSelection(Derived(self.selector, "sinks"))

    def sources(self) -> AssetSelection:
        """The older name of `roots`."""
        warnings.warn("AssetSelection.sources is now called roots.", DeprecationWarning, stacklevel=2)
        return self.roots()

    def materializable(self) -> AssetSelection:
        """Those that code here can make."""
        return AssetSelection(Derived(self.selector, "materializable"))

    def without_checks(self) -> AssetSelection:
        """The same assets, without their checks."""
        return self - AssetSelection.all_asset_checks()

    # With each other

    def __or__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(union(self.selector, _selector_of(other)))

    __add__ = __or__

    def __and__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(intersection(self.selector, _selector_of(other)))

    def __sub__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(Difference(self.selector, _selector_of(other)))

    # What it finds

    def resolve(
        self, all_assets: AssetGraph | Iterable[AssetsDefinition | AssetSpec], allow_missing: bool = False
    ) -> Set[AssetKey]:
        """The keys of the selected assets among these.

        Args:
            all_assets: The assets there are.
            allow_missing: Whether keys that are not there are passed over instead of refused.
        """
        return self.selector.keys(_graph(all_assets), allow_missing)

    def resolve_checks(
        self, all_assets: AssetGraph | Iterable[AssetsDefinition | AssetSpec], allow_missing: bool = False
    ) -> Set[AssetCheckKey]:
        """The keys of the selected checks among these: those of the selected assets, unless the selection says more.

        Args:
            all_assets: The assets and checks there are.
            allow_missing: Whether keys that are not there are passed over instead of refused.
        """
        return self.selector.check_keys(_graph(all_assets), allow_missing)

    def to_selection_str(self) -> str:
        """The same as an expression that `from_string` reads; raises an error where the syntax has none."""
        return self.selector.expression()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetSelection) and self.selector == other.selector

    def __hash__(self) -> int:
        return hash(self.selector)

    def __str__(self) -> str:
        try:
            return self.selector.expression()
        except InvalidDefinitionError:
            return repr(self.selector)

    def __repr__(self) -> str:
        return f"AssetSelection({self})"


_SelectableItem = str | AssetKey | AssetsDefinition | AssetSpec
CoercibleToAssetSelection = AssetSelection | _SelectableItem | Sequence[_SelectableItem]


def _graph(all_assets: AssetGraph | Iterable[AssetsDefinition | AssetSpec]) -> AssetGraph:
    return all_assets if isinstance(all_assets, AssetGraph) else AssetGraph.from_assets(all_assets)


def _selector_of(selection: Any) -> Selector:
    if not isinstance(selection, AssetSelection):
        raise InvalidDefinitionError(f"{selection!r} is no AssetSelection; wrap it in AssetSelection.assets(...).")
    return selection.selector


def _from_list_item(item: Any) -> AssetSelection:
    return AssetSelection.from_string(item) if isinstance(item, str) else AssetSelection.assets(item)


def _keys_of(value: Any) -> Iterable[AssetKey]:
    if isinstance(value, AssetsDefinition):
        return sorted(value.keys)
    if isinstance(value, AssetSpec):
        return [value.key]
    return [AssetKey.from_user_string(value) if isinstance(value, str) else AssetKey.from_coercible(value)]


def _check_keys_of(value: Any) -> Iterable[AssetCheckKey]:
    return [value] if isinstance(value, AssetCheckKey) else value.check_keys
