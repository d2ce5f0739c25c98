"""Loading all assets of a module or package."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from types import ModuleType

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKeyPrefix
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.module_search import calling_module, definitions_in, modules_in_package
from headrace.errors import InvalidDefinitionError

LoadedAsset = AssetsDefinition | AssetSpec


def load_assets_from_modules(
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
) -> Sequence[LoadedAsset]:
    """The assets that modules hold at their top level.

    Args:
        modules: The modules.
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before all their keys, and before those keys where they depend on each other.
    """
    found: list[LoadedAsset] = definitions_in(modules, (AssetsDefinition, AssetSpec))
    assets = [each for each in found if not isinstance(each, AssetChecksDefinition)]
    if group_name is not None:
        assets = [_in_group(each, group_name) for each in assets]
    return assets if key_prefix is None else _prefixed(assets, key_prefix)


def load_assets_from_current_module(
    group_name: str | None = None, key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> Sequence[LoadedAsset]:
    """The assets that are defined so far in the module that calls this.

    Args:
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before all their keys, and before those keys where they depend on each other.
    """
    return load_assets_from_modules([calling_module(1)], group_name, key_prefix)


def load_assets_from_package_module(
    package_module: ModuleType, group_name: str | None = None, key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> Sequence[LoadedAsset]:
    """The assets of a package and everything below it.

    Args:
        package_module: The package.
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before all their keys, and before those keys where they depend on each other.
    """
    return load_assets_from_modules(modules_in_package(package_module), group_name, key_prefix)


def load_assets_from_package_name(
    package_name: str, group_name: str | None = None, key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> Sequence[LoadedAsset]:
    """The assets of a package and everything below it.

    Args:
        package_name: The package's name.
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before all their keys, and before those keys where they depend on each other.
    """
    return load_assets_from_package_module(importlib.import_module(package_name), group_name, key_prefix)


def _in_group(asset: LoadedAsset, group_name: str) -> LoadedAsset:
    def put(spec: AssetSpec) -> AssetSpec:
        if spec.group_name is not None and spec.group_name != group_name:
            raise InvalidDefinitionError(
                f"Asset {spec.key.to_user_string()!r} ({spec.source}) is in the group {spec.group_name!r}, so it cannot "
                f"be put into {group_name!r}; name the group in one place."
            )
        return spec.replace_attributes(group_name=group_name)

    return asset.map_asset_specs(put) if isinstance(asset, AssetsDefinition) else put(asset)


def _prefixed(assets: Sequence[LoadedAsset], prefix: CoercibleToAssetKeyPrefix) -> Sequence[LoadedAsset]:
    specs = [spec for each in assets for spec in (each.specs if isinstance(each, AssetsDefinition) else [each])]
    moved: dict[AssetKey, AssetKey] = {spec.key: spec.key.with_prefix(prefix) for spec in specs}

    def move(spec: AssetSpec) -> AssetSpec:
        return spec.replace_attributes(key=moved[spec.key])

    return [
        each.map_asset_specs(move).with_resolved_deps(moved)
        if isinstance(each, AssetsDefinition)
        else move(each).with_resolved_deps(moved)
        for each in assets
    ]
