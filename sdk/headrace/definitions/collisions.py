"""Definitions of one name in several modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.source import SourceLocation
from headrace.errors import DuplicateDefinitionError


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def source(self) -> SourceLocation: ...


N = TypeVar("N", bound=_Named)


def unique_by_name(definitions: Iterable[N]) -> list[N]:
    """The definitions, if no two of them share a name."""
    found: dict[str, N] = {}
    for each in definitions:
        first = found.setdefault(each.name, each)
        if first is not each:
            raise DuplicateDefinitionError(
                f"{each.name!r} is defined multiple times: at {first.source} and at {each.source}."
            )
    return list(found.values())


def without_copies(assets: Iterable[AssetsDefinition | AssetSpec]) -> list[AssetsDefinition | AssetSpec]:
    """The assets, if no two of them share a key; of specs that say the same, one."""
    found: dict[AssetKey, AssetsDefinition | AssetSpec] = {}
    kept: dict[int, AssetsDefinition | AssetSpec] = {}
    for each in assets:
        firsts = [
            found.setdefault(key, each) for key in (each.keys if isinstance(each, AssetsDefinition) else [each.key])
        ]
        other = next((first for first in firsts if first is not each), None)
        if other is None:
            kept[id(each)] = each
        elif not (isinstance(each, AssetSpec) and each == other):
            names = ", ".join(sorted(key.to_user_string() for key, first in found.items() if first is other))
            raise DuplicateDefinitionError(
                f"Asset key {names} is defined multiple times: at {other.source} and at {each.source}."
            )
    return list(kept.values())
