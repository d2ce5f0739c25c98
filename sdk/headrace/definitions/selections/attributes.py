"""Selecting assets by what is known about them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.metadata.table_metadata import columns_of, table_name_of
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.definitions.selections import syntax
from headrace.definitions.selections.selector import Selector, quoted
from headrace.errors import InvalidDefinitionError, InvalidSubsetError

GROUP_PATTERN = "group_pattern"

PARTITION_KINDS: Mapping[str, type[PartitionsDefinition]] = {
    "static": StaticPartitionsDefinition,
    "dynamic": DynamicPartitionsDefinition,
    "time": TimeWindowPartitionsDefinition,
    "multipartitions": MultiPartitionsDefinition,
}
STATES = ("external", "materializable")


@dataclass(frozen=True)
class ByAttribute(Selector):
    """The assets of which an attribute has one of some values; None stands for an asset that has none."""

    attribute: str
    values: tuple[str | None, ...]
    include_sources: bool = False

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        among = graph.keys if self.include_sources else graph.materializable_keys
        matches = _MATCHES[self.attribute]
        return {key for key in among if any(matches(graph.specs[key], value) for value in self.values)}

    @property
    def is_compound(self) -> bool:
        return len(self.values) > 1

    def expression(self) -> str:
        name = "group" if self.attribute == GROUP_PATTERN else self.attribute
        return " or ".join(term(name, value) for value in self.values) or term(name, None)


@dataclass(frozen=True)
class ByPair(Selector):
    """The assets, or those with a column, that carry a tag with a value."""

    attribute: str
    key: str
    value: str
    include_sources: bool = False

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        among = graph.keys if self.include_sources else graph.materializable_keys
        pairs = _PAIRS[self.attribute]
        return {key for key in among if any(tags.get(self.key) == self.value for tags in pairs(graph.specs[key]))}

    def expression(self) -> str:
        return term(self.attribute, self.key) + (f"={quoted(self.value)}" if self.value else "")


@dataclass(frozen=True)
class ByPrefix(Selector):
    """The assets whose keys begin with one of these."""

    prefixes: tuple[tuple[str, ...], ...]
    include_sources: bool = False

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        among = graph.keys if self.include_sources else graph.materializable_keys
        return {key for key in among if any(key.has_prefix(prefix) for prefix in self.prefixes)}

    @property
    def is_compound(self) -> bool:
        return True

    def expression(self) -> str:
        patterns = [pattern for prefix in self.prefixes for pattern in ("/".join(prefix), "/".join((*prefix, "*")))]
        return " or ".join(term("key", pattern) for pattern in patterns) or "not *"


@dataclass(frozen=True)
class ByState(Selector):
    """The assets that are made elsewhere, or those that can be made here."""

    state: str

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        return graph.external_keys if self.state == "external" else graph.materializable_keys

    def expression(self) -> str:
        return f"is:{self.state}"


@dataclass(frozen=True)
class Elsewhere(Selector):
    """What only those know who see more than the definitions: states, branches, other locations."""

    attribute: str
    value: str | None

    def keys(self, graph: AssetGraph, allow_missing: bool) -> Set[AssetKey]:
        raise InvalidSubsetError(
            f"The selection {self.expression()} asks for what the definitions of a location do not say, so it cannot be "
            "used in code."
        )

    def expression(self) -> str:
        return term(self.attribute, self.value)


def checked_value(attribute: str, value: str | None) -> str | None:
    """A value of an attribute of which only some are allowed."""
    allowed: tuple[str, ...] | None = None
    if attribute == "is":
        allowed = STATES
    if attribute == "partitions" and value is not None:
        allowed = ("none", *PARTITION_KINDS)
    if allowed is not None and value not in allowed:
        raise InvalidDefinitionError(f"A selection's {attribute} is one of {', '.join(allowed)}, not {value!r}.")
    return value


def term(attribute: str, value: str | None) -> str:
    """One attribute as expressions write it."""
    return f"{attribute}:{syntax.NULL if value is None else quoted(value)}"


def _has_partitions(spec: AssetSpec, kind: str | None) -> bool:
    if kind is None or kind == "none":
        return spec.partitions_def is None
    return isinstance(spec.partitions_def, PARTITION_KINDS[kind])


def _has_column(spec: AssetSpec, name: str | None) -> bool:
    columns = columns_of(spec)
    return not columns if name is None else name in columns


_MATCHES: Mapping[str, Callable[[AssetSpec, str | None], bool]] = {
    "key": lambda spec, value: value is not None and fnmatch.fnmatchcase(spec.key.to_user_string(), value),
    "key_substring": lambda spec, value: value is not None and value in spec.key.to_user_string(),
    "group": lambda spec, value: spec.group_name is None if value is None else spec.group == value,
    GROUP_PATTERN: lambda spec, value: value is not None and fnmatch.fnmatchcase(spec.group, value),
    "owner": lambda spec, value: not spec.owners if value is None else value in spec.owners,
    "kind": lambda spec, value: not spec.kinds if value is None else value in spec.kinds,
    "tag": lambda spec, value: not spec.tags,
    "column": _has_column,
    "table_name": lambda spec, value: table_name_of(spec) == value,
    "partitions": _has_partitions,
}
_PAIRS: Mapping[str, Callable[[AssetSpec], list[Mapping[str, str]]]] = {
    "tag": lambda spec: [spec.tags],
    "column_tag": lambda spec: [column.tags for column in columns_of(spec).values()],
}
