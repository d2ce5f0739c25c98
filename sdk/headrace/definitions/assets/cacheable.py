"""Assets whose definitions are made of data that is asked from elsewhere, such as the tables of a warehouse."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import AssetSpec

BuiltAsset = AssetsDefinition | AssetSpec


@dataclass(frozen=True)
class AssetsDefinitionCacheableData:
    """What is asked from elsewhere about assets that are made together.

    Args:
        keys_by_input_name: The assets that are read.
        keys_by_output_name: The assets that are made.
        internal_asset_deps: What the assets of outputs are made from.
        group_name: The group of the assets.
        metadata_by_output_name: Metadata of the assets.
        key_prefix: Put before the keys.
        can_subset: Whether some of the assets can be made without the others.
        extra_metadata: For whatever else the definitions are made of.
    """

    keys_by_input_name: Mapping[str, AssetKey] | None = None
    keys_by_output_name: Mapping[str, AssetKey] | None = None
    internal_asset_deps: Mapping[str, Set[AssetKey]] | None = None
    group_name: str | None = None
    metadata_by_output_name: Mapping[str, Any] | None = None
    key_prefix: Sequence[str] | None = None
    can_subset: bool = False
    extra_metadata: Mapping[str, Any] | None = None


class CacheableAssetsDefinition(ABC):
    """The base of what asks for data, and makes definitions of it; older integrations subclass it.

    Both are done when `Definitions` are made. New code asks where it needs the data, and makes assets in a function.

    Args:
        unique_id: Tells it from others.
    """

    def __init__(self, unique_id: str) -> None:
        self.unique_id = unique_id

    @abstractmethod
    def compute_cacheable_data(self) -> Sequence[AssetsDefinitionCacheableData]:
        """Asks for the data."""

    @abstractmethod
    def build_definitions(self, data: Sequence[AssetsDefinitionCacheableData]) -> Sequence[AssetsDefinition]:
        """Makes definitions of the data."""

    def changed(self, change: Callable[[Sequence[BuiltAsset]], Sequence[BuiltAsset]]) -> CacheableAssetsDefinition:
        """The same, with what it makes changed by a function."""
        return _Changed(self, change)


class _Changed(CacheableAssetsDefinition):
    def __init__(
        self, inner: CacheableAssetsDefinition, change: Callable[[Sequence[BuiltAsset]], Sequence[BuiltAsset]]
    ) -> None:
        super().__init__(inner.unique_id)
        self._inner = inner
        self._change = change

    def compute_cacheable_data(self) -> Sequence[AssetsDefinitionCacheableData]:
        return self._inner.compute_cacheable_data()

    def build_definitions(self, data: Sequence[AssetsDefinitionCacheableData]) -> Sequence[Any]:
        return self._change(self._inner.build_definitions(data))


def built(assets: Iterable[Any]) -> list[Any]:
    """The same assets, with those that are to be asked for made."""
    found: list[Any] = []
    for each in assets:
        if isinstance(each, CacheableAssetsDefinition):
            found.extend(each.build_definitions(each.compute_cacheable_data()))
        else:
            found.append(each)
    return found
