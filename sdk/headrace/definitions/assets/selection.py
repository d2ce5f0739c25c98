"""Selections of assets: which ones, told before it is known which there are."""

from __future__ import annotations

import difflib
import fnmatch
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any

from headrace.definitions.assets import selection_syntax as syntax
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix, key_prefix_parts
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.metadata.table_metadata import columns_of, table_name_of
from headrace.definitions.walk import reachable
from headrace.errors import InvalidDefinitionError, InvalidSubsetError


class AssetSelection(ABC):
    """Which assets; combined with `|`, `&` and `-`, and widened along the graph."""

    # Where a selection starts

    @staticmethod
    def all(include_sources: bool = False) -> AssetSelection:
        """All assets that can be made here; with `include_sources`, those made elsewhere as well."""
        return _Everything(include_sources)

    @staticmethod
    def assets(*assets_defs: AssetsDefinition | AssetSpec | CoercibleToAssetKey) -> AssetSelection:
        """These assets, by what defines them or by their keys; strings are read like `prefix/name`."""
        return _Keys(tuple(key for each in assets_defs for key in _keys_of(each)))

    @staticmethod
    def keys(*asset_keys: CoercibleToAssetKey) -> AssetSelection:
        """The assets with these keys; strings are read like `prefix/name`."""
        return AssetSelection.assets(*asset_keys)

    @staticmethod
    def groups(*group_strs: str, include_sources: bool = False) -> AssetSelection:
        """The assets of these groups."""
        return _where("groups", group_strs, lambda spec: spec.group in group_strs, include_sources)

    @staticmethod
    def tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """The assets that carry this tag with this value."""
        return _where("tag", (key, value), lambda spec: spec.tags.get(key) == value, include_sources)

    @staticmethod
    def tag_string(string: str, include_sources: bool = False) -> AssetSelection:
        """The assets that carry a tag, written `key=value`, or `key` for an empty value."""
        key, _, value = string.partition("=")
        return AssetSelection.tag(key, value, include_sources)

    @staticmethod
    def kind(kind: str, include_sources: bool = False) -> AssetSelection:
        """The assets of this kind."""
        return _where("kind", (kind,), lambda spec: kind in spec.kinds, include_sources)

    @staticmethod
    def owner(owner: str, include_sources: bool = False) -> AssetSelection:
        """The assets of this owner."""
        return _where("owner", (owner,), lambda spec: owner in spec.owners, include_sources)

    @staticmethod
    def column(column: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose metadata names a column of this name."""
        return _where("column", (column,), lambda spec: column in columns_of(spec), include_sources)

    @staticmethod
    def column_tag(key: str, value: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose metadata names a column that carries this tag with this value."""
        return _where(
            "column_tag",
            (key, value),
            lambda spec: any(column.tags.get(key) == value for column in columns_of(spec).values()),
            include_sources,
        )

    @staticmethod
    def table_name(table_name: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose metadata names this table."""
        return _where("table_name", (table_name,), lambda spec: table_name_of(spec) == table_name, include_sources)

    @staticmethod
    def key_prefixes(*key_prefixes: CoercibleToAssetKeyPrefix, include_sources: bool = False) -> AssetSelection:
        """The assets whose keys begin with one of these."""
        prefixes = [key_prefix_parts(prefix) for prefix in key_prefixes]
        return _where(
            "key_prefixes", prefixes, lambda spec: any(spec.key.has_prefix(each) for each in prefixes), include_sources
        )

    @staticmethod
    def key_substring(key_substring: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose keys, written with slashes, contain this."""
        return _where(
            "key_substring",
            (key_substring,),
            lambda spec: key_substring in spec.key.to_user_string(),
            include_sources,
        )

    @staticmethod
    def key_wildcard(pattern: str, include_sources: bool = False) -> AssetSelection:
        """The assets whose keys, written with slashes, match a pattern where `*` stands for anything."""
        return _where(
            "key_wildcard",
            (pattern,),
            lambda spec: fnmatch.fnmatchcase(spec.key.to_user_string(), pattern),
            include_sources,
        )

    @staticmethod
    def checks(*assets_defs_or_keys: AssetsDefinition | AssetCheckKey) -> AssetSelection:
        """These checks, by what defines them or by their keys, without the assets they look at."""
        return _Checks(frozenset(key for each in assets_defs_or_keys for key in _check_keys_of(each)))

    @staticmethod
    def checks_for_assets(*assets_defs: AssetsDefinition | AssetSpec | CoercibleToAssetKey) -> AssetSelection:
        """The checks of these assets, without the assets."""
        return _ChecksOf(AssetSelection.assets(*assets_defs))

    @staticmethod
    def all_asset_checks() -> AssetSelection:
        """All checks, without the assets they look at."""
        return _Checks(None)

    @staticmethod
    def from_coercible(selection: CoercibleToAssetSelection) -> AssetSelection:
        """Takes a selection as it is, a string as an expression, a list as assets."""
        if isinstance(selection, AssetSelection):
            return selection
        if isinstance(selection, str):
            return AssetSelection.from_string(selection)
        if isinstance(selection, (AssetsDefinition, AssetSpec, AssetKey)):
            return AssetSelection.assets(selection)
        if isinstance(selection, Sequence):
            parts = [_from_list_item(each) for each in selection]
            return _union(parts) if parts else _Keys(())
        raise InvalidDefinitionError(
            f"{selection!r} selects nothing; give an AssetSelection, a string, or a list of assets."
        )

    @staticmethod
    def from_string(string: str, include_sources: bool = False) -> AssetSelection:
        """Reads an expression such as `group:sales and not tag:slow`, `+key:"a/*"+2` or `*orders`."""
        return _build(syntax.parse_selection(string), include_sources)

    # Along the graph

    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With the assets upstream, at most `depth` steps away; those made elsewhere are left out."""
        return _Along(self, up=True, depth=depth, include_self=include_self)

    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """With the assets downstream, at most `depth` steps away."""
        return _Along(self, up=False, depth=depth, include_self=include_self)

    def upstream_source_assets(self) -> AssetSelection:
        """The assets made elsewhere that are upstream."""
        return _Derived(self, "upstream_source_assets", _upstream_sources)

    def required_multi_asset_neighbors(self) -> AssetSelection:
        """With the assets that can only be made together with the selected ones."""
        return _Derived(self, "required_multi_asset_neighbors", _neighbors)

    def roots(self) -> AssetSelection:
        """Those that depend on none of the others."""
        return _Derived(
            self, "roots", lambda graph, keys: {key for key in keys if not graph.parents[key] & (keys - {key})}
        )

    def sinks(self) -> AssetSelection:
        """Those that none of the others depends on."""
        return _Derived(
            self, "sinks", lambda graph, keys: {key for key in keys if not graph.children[key] & (keys - {key})}
        )

    def sources(self) -> AssetSelection:
        """The older name of `roots`."""
        return self.roots()

    def materializable(self) -> AssetSelection:
        """Those that code here can make."""
        return _Derived(self, "materializable", lambda graph, keys: keys & graph.materializable_keys)

    def without_checks(self) -> AssetSelection:
        """The same assets, without their checks."""
        return self - AssetSelection.all_asset_checks()

    # With each other

    def __or__(self, other: AssetSelection) -> AssetSelection:
        return _Combined(self, other, "|", operator.or_)

    __add__ = __or__

    def __and__(self, other: AssetSelection) -> AssetSelection:
        return _Combined(self, other, "&", operator.and_)

    def __sub__(self, other: AssetSelection) -> AssetSelection:
        return _Combined(self, other, "-", operator.sub)

    # What it finds

    def resolve(
        self, all_assets: AssetGraph | Iterable[AssetsDefinition | AssetSpec], allow_missing: bool = False
    ) -> Set[AssetKey]:
        """The keys of the selected assets among these.

        Args:
            all_assets: The assets there are.
            allow_missing: Whether keys that are not there are passed over instead of refused.
        """
        graph = all_assets if isinstance(all_assets, AssetGraph) else AssetGraph.from_assets(all_assets)
        return self.resolve_in(graph, allow_missing)

    def resolve_checks(
        self, all_assets: AssetGraph | Iterable[AssetsDefinition | AssetSpec], allow_missing: bool = False
    ) -> Set[AssetCheckKey]:
        """The keys of the selected checks among these: those of the selected assets, unless the selection says more.

        Args:
            all_assets: The assets and checks there are.
            allow_missing: Whether keys that are not there are passed over instead of refused.
        """
        graph = all_assets if isinstance(all_assets, AssetGraph) else AssetGraph.from_assets(all_assets)
        return self.resolve_checks_in(graph, allow_missing)

    def resolve_checks_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        """The keys of the selected checks in a graph."""
        return graph.check_keys_of(self.resolve_in(graph, allow_missing)) if graph.check_keys else frozenset()

    def to_selection_str(self) -> str:
        """The same as an expression that `from_string` reads; raises an error where the syntax has none."""
        raise InvalidDefinitionError(f"The selection {self} cannot be written as a string.")

    @abstractmethod
    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        """The keys of the selected assets in a graph."""

    def __repr__(self) -> str:
        return str(self)


_SelectableItem = str | AssetKey | AssetsDefinition | AssetSpec
CoercibleToAssetSelection = AssetSelection | _SelectableItem | Sequence[_SelectableItem]


class _Everything(AssetSelection):
    def __init__(self, include_sources: bool) -> None:
        self._include_sources = include_sources

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return graph.keys if self._include_sources else graph.materializable_keys

    def to_selection_str(self) -> str:
        return "*"

    def __str__(self) -> str:
        return "all assets"


class _Keys(AssetSelection):
    def __init__(self, keys: Sequence[AssetKey]) -> None:
        self._keys = keys

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        missing = [key for key in self._keys if not graph.has(key)]
        if missing and not allow_missing:
            names = ", ".join(key.to_user_string() for key in missing)
            raise InvalidSubsetError(f"the selection names assets that are not there: {names}{_hint(missing, graph)}")
        return {key for key in self._keys if graph.has(key)}

    def to_selection_str(self) -> str:
        return " or ".join(f"key:{_quoted(key.to_user_string())}" for key in self._keys) or "not *"

    def __str__(self) -> str:
        return "assets " + ", ".join(key.to_user_string() for key in self._keys)


class _Checks(AssetSelection):
    def __init__(self, keys: frozenset[AssetCheckKey] | None) -> None:
        self._keys = keys

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return frozenset()

    def resolve_checks_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        if self._keys is None:
            return graph.check_keys
        missing = self._keys - graph.check_keys
        if missing and not allow_missing:
            names = ", ".join(sorted(key.to_user_string() for key in missing))
            raise InvalidSubsetError(f"the selection names asset checks that are not there: {names}.")
        return self._keys & graph.check_keys

    def __str__(self) -> str:
        return "all checks" if self._keys is None else "checks " + ", ".join(k.to_user_string() for k in self._keys)


class _ChecksOf(AssetSelection):
    def __init__(self, inner: AssetSelection) -> None:
        self._inner = inner

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return frozenset()

    def resolve_checks_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        return graph.check_keys_of(self._inner.resolve_in(graph, allow_missing))

    def __str__(self) -> str:
        return f"checks of ({self._inner})"


class _Where(AssetSelection):
    def __init__(
        self, label: str, predicate: Callable[[AssetSpec], bool], include_sources: bool, terms: Sequence[str]
    ) -> None:
        self._label = label
        self._terms = terms
        self._predicate = predicate
        self._include_sources = include_sources

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        among = graph.keys if self._include_sources else graph.materializable_keys
        return {key for key in among if self._predicate(graph.specs[key])}

    def to_selection_str(self) -> str:
        return " or ".join(self._terms)

    def __str__(self) -> str:
        return self._label


class _Along(AssetSelection):
    def __init__(self, inner: AssetSelection, *, up: bool, depth: int | None, include_self: bool) -> None:
        if depth is not None and depth < 0:
            raise InvalidDefinitionError(f"depth must be 0 or more, not {depth}.")
        self._inner = inner
        self._up = up
        self._depth = depth
        self._include_self = include_self

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        start = self._inner.resolve_in(graph, allow_missing)
        edges = graph.parents if self._up else graph.children
        found = reachable(start, edges.__getitem__, self._depth)
        found = (found & graph.materializable_keys) | start if self._up else found
        return found if self._include_self else found - start

    def to_selection_str(self) -> str:
        inner = f"({self._inner.to_selection_str()})"
        if not self._include_self:
            inner, itself = self._walked(inner), inner
            return f"{inner} and not {itself}"
        return self._walked(inner)

    def _walked(self, inner: str) -> str:
        steps = "" if self._depth is None else str(self._depth)
        return f"{steps}+{inner}" if self._up else f"{inner}+{steps}"

    def __str__(self) -> str:
        return f"{'upstream' if self._up else 'downstream'} of ({self._inner})"


class _Derived(AssetSelection):
    def __init__(
        self,
        inner: AssetSelection,
        label: str,
        function: Callable[[AssetGraph, Set[AssetKey]], Set[AssetKey]],
    ) -> None:
        self._inner = inner
        self._label = label
        self._function = function

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return self._function(graph, self._inner.resolve_in(graph, allow_missing))

    def to_selection_str(self) -> str:
        if self._label not in syntax.FUNCTIONS:
            return super().to_selection_str()
        return f"{self._label}({self._inner.to_selection_str()})"

    def __str__(self) -> str:
        return f"{self._label} of ({self._inner})"


class _Combined(AssetSelection):
    def __init__(
        self,
        left: AssetSelection,
        right: AssetSelection,
        symbol: str,
        combine: Callable[[Any, Any], Any],
    ) -> None:
        if not isinstance(right, AssetSelection):
            raise InvalidDefinitionError(f"{right!r} is no AssetSelection; wrap it in AssetSelection.assets(...).")
        self._left = left
        self._right = right
        self._symbol = symbol
        self._combine = combine

    def resolve_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return self._keys(self._left.resolve_in(graph, allow_missing), self._right.resolve_in(graph, allow_missing))

    def resolve_checks_in(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetCheckKey]:
        left, right = (each.resolve_checks_in(graph, allow_missing) for each in (self._left, self._right))
        checks: Set[AssetCheckKey] = self._combine(left, right)
        return checks

    def _keys(self, left: Set[AssetKey], right: Set[AssetKey]) -> Set[AssetKey]:
        keys: Set[AssetKey] = self._combine(left, right)
        return keys

    def to_selection_str(self) -> str:
        word = {"&": "and", "|": "or", "-": "and not"}[self._symbol]
        return f"({self._left.to_selection_str()}) {word} ({self._right.to_selection_str()})"

    def __str__(self) -> str:
        return f"({self._left} {self._symbol} {self._right})"


def _where(
    name: str, values: Iterable[Any], predicate: Callable[[AssetSpec], bool], include_sources: bool
) -> AssetSelection:
    values = list(values)
    label = f"{name}({', '.join(map(str, values))})"
    return _Where(label, predicate, include_sources, _TERMS[name](values))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _each(attribute: str) -> Callable[[Sequence[Any]], list[str]]:
    return lambda values: [f"{attribute}:{_quoted(value)}" for value in values]


_TERMS: dict[str, Callable[[Sequence[Any]], list[str]]] = {
    "groups": _each("group"),
    "tag": lambda pair: [f"tag:{_quoted(pair[0])}" + (f"={_quoted(pair[1])}" if pair[1] else "")],
    "column_tag": lambda pair: [f"column_tag:{_quoted(pair[0])}" + (f"={_quoted(pair[1])}" if pair[1] else "")],
    "column": _each("column"),
    "table_name": _each("table_name"),
    "kind": _each("kind"),
    "owner": _each("owner"),
    "key_prefixes": lambda prefixes: [
        f"key:{_quoted(pattern)}" for prefix in prefixes for pattern in ("/".join(prefix), "/".join((*prefix, "*")))
    ],
    "key_substring": _each("key_substring"),
    "key_wildcard": _each("key"),
}


def _union(parts: Sequence[AssetSelection]) -> AssetSelection:
    union = parts[0]
    for part in parts[1:]:
        union = union | part
    return union


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


def _upstream_sources(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    return reachable(keys, graph.parents.__getitem__) & graph.external_keys


def _neighbors(graph: AssetGraph, keys: Set[AssetKey]) -> Set[AssetKey]:
    together = (each.keys for each in graph.assets_defs_for(keys) if not each.can_subset)
    return set(keys).union(*together)


def _hint(missing: Sequence[AssetKey], graph: AssetGraph) -> str:
    """Assets that are called the same but for their prefix, or nearly the same."""
    names = [key.to_user_string() for key in graph.keys]
    close = {name for key in missing for name in difflib.get_close_matches(key.to_user_string(), names, n=3)}
    close |= {k.to_user_string() for key in missing for k in graph.keys if k.parts[-1] == key.parts[-1]}
    return f"; did you mean {', '.join(sorted(close)[:5])}?" if close else "."


def _build(tree: syntax.Tree, sources: bool) -> AssetSelection:
    if isinstance(tree, syntax.Everything):
        return AssetSelection.all(sources)
    if isinstance(tree, syntax.Name):
        return AssetSelection.assets(tree.text)
    if isinstance(tree, syntax.Attribute):
        return _without(tree.name, sources) if tree.value == syntax.NULL else _ATTRIBUTES[tree.name](tree, sources)
    if isinstance(tree, syntax.Call):
        inner = _build(tree.inner, sources)
        return inner.sinks() if tree.function == "sinks" else inner.roots()
    if isinstance(tree, syntax.Walk):
        return _build_walk(_build(tree.inner, sources), tree)
    if isinstance(tree, syntax.Not):
        return AssetSelection.all(sources) - _build(tree.inner, sources)
    left, right = _build(tree.left, sources), _build(tree.right, sources)
    return left & right if isinstance(tree, syntax.Both) else left | right


def _without(attribute: str, sources: bool) -> AssetSelection:
    """The assets that have nothing of a kind: `owner:<null>`."""
    have = _NOTHING.get(attribute)
    if have is None:
        raise InvalidDefinitionError(f"Every asset has a {attribute}, so {attribute}:{syntax.NULL} selects nothing.")
    return _Where(f"no {attribute}", lambda spec: not have(spec), sources, [f"{attribute}:{syntax.NULL}"])


_NOTHING: dict[str, Callable[[AssetSpec], Any]] = {
    "tag": lambda spec: spec.tags,
    "owner": lambda spec: spec.owners,
    "kind": lambda spec: spec.kinds,
    "group": lambda spec: spec.group_name,
    "column": lambda spec: columns_of(spec),
    "table_name": lambda spec: table_name_of(spec),
}


def _build_walk(start: AssetSelection, walk: syntax.Walk) -> AssetSelection:
    parts = []
    if walk.up:
        parts.append(start.upstream(None if walk.up < 0 else walk.up))
    if walk.down:
        parts.append(start.downstream(None if walk.down < 0 else walk.down))
    return _union(parts)


_ATTRIBUTES: dict[str, Callable[[syntax.Attribute, bool], AssetSelection]] = {
    "key": lambda tree, sources: AssetSelection.key_wildcard(tree.value, sources),
    "key_substring": lambda tree, sources: AssetSelection.key_substring(tree.value, sources),
    "tag": lambda tree, sources: AssetSelection.tag(tree.value, tree.second or "", sources),
    "owner": lambda tree, sources: AssetSelection.owner(tree.value, sources),
    "group": lambda tree, sources: AssetSelection.groups(tree.value, include_sources=sources),
    "kind": lambda tree, sources: AssetSelection.kind(tree.value, sources),
    "column": lambda tree, sources: AssetSelection.column(tree.value, sources),
    "column_tag": lambda tree, sources: AssetSelection.column_tag(tree.value, tree.second or "", sources),
    "table_name": lambda tree, sources: AssetSelection.table_name(tree.value, sources),
}
