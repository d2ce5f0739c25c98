"""Loading all assets of a module or package."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from types import ModuleType

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.cacheable import CacheableAssetsDefinition
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKeyPrefix
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.module_search import calling_module, definitions_in, modules_in_package
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.errors import InvalidDefinitionError

BuiltAsset = AssetsDefinition | AssetSpec
LoadedAsset = BuiltAsset | CacheableAssetsDefinition


def load_assets_from_modules(
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    *,
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: CoercibleToAssetKeyPrefix | None = None,
    include_specs: bool = False,
) -> Sequence[LoadedAsset]:
    """The assets that modules hold at their top level.

    Args:
        modules: The modules.
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before their keys, unless they are made elsewhere, and before those keys where they depend on
            each other.
        automation_condition: When those are made by themselves that say nothing about it.
        backfill_policy: How many partitions one run of a backfill makes, for those that say nothing about it.
        source_key_prefix: Put before the keys of those that are made elsewhere.
        include_specs: Whether specs are assets, too, and not only what defines others.
    """
    kinds = (AssetsDefinition, CacheableAssetsDefinition, *((AssetSpec,) if include_specs else ()))
    found: list[LoadedAsset] = definitions_in(modules, kinds)

    def change(assets: Sequence[BuiltAsset]) -> Sequence[BuiltAsset]:
        changed = [each if group_name is None else _in_group(each, group_name) for each in assets]
        changed = [_completed(each, automation_condition, backfill_policy) for each in changed]
        plain = key_prefix is None and source_key_prefix is None
        return changed if plain else _prefixed(changed, key_prefix, source_key_prefix)

    asked = [each for each in found if isinstance(each, CacheableAssetsDefinition)]
    there = [each for each in found if not isinstance(each, (AssetChecksDefinition, CacheableAssetsDefinition))]
    return [*change(there), *(each.changed(change) for each in asked)]


def load_assets_from_current_module(
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    *,
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: CoercibleToAssetKeyPrefix | None = None,
    include_specs: bool = False,
) -> Sequence[LoadedAsset]:
    """The assets that are defined so far in the module that calls this.

    Args:
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before their keys, unless they are made elsewhere, and before those keys where they depend on
            each other.
        automation_condition: When those are made by themselves that say nothing about it.
        backfill_policy: How many partitions one run of a backfill makes, for those that say nothing about it.
        source_key_prefix: Put before the keys of those that are made elsewhere.
        include_specs: Whether specs are assets, too, and not only what defines others.
    """
    return load_assets_from_modules(
        [calling_module(1)],
        group_name,
        key_prefix,
        automation_condition=automation_condition,
        backfill_policy=backfill_policy,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


def load_assets_from_package_module(
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    *,
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: CoercibleToAssetKeyPrefix | None = None,
    include_specs: bool = False,
) -> Sequence[LoadedAsset]:
    """The assets of a package and everything below it.

    Args:
        package_module: The package.
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before their keys, unless they are made elsewhere, and before those keys where they depend on
            each other.
        automation_condition: When those are made by themselves that say nothing about it.
        backfill_policy: How many partitions one run of a backfill makes, for those that say nothing about it.
        source_key_prefix: Put before the keys of those that are made elsewhere.
        include_specs: Whether specs are assets, too, and not only what defines others.
    """
    return load_assets_from_modules(
        modules_in_package(package_module),
        group_name,
        key_prefix,
        automation_condition=automation_condition,
        backfill_policy=backfill_policy,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


def load_assets_from_package_name(
    package_name: str,
    group_name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    *,
    automation_condition: AutomationCondition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    source_key_prefix: CoercibleToAssetKeyPrefix | None = None,
    include_specs: bool = False,
) -> Sequence[LoadedAsset]:
    """The assets of a package and everything below it.

    Args:
        package_name: The package's name.
        group_name: The group to put them into; they must not name one themselves.
        key_prefix: Put before their keys, unless they are made elsewhere, and before those keys where they depend on
            each other.
        automation_condition: When those are made by themselves that say nothing about it.
        backfill_policy: How many partitions one run of a backfill makes, for those that say nothing about it.
        source_key_prefix: Put before the keys of those that are made elsewhere.
        include_specs: Whether specs are assets, too, and not only what defines others.
    """
    return load_assets_from_package_module(
        importlib.import_module(package_name),
        group_name,
        key_prefix,
        automation_condition=automation_condition,
        backfill_policy=backfill_policy,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


def _completed(
    asset: BuiltAsset, condition: AutomationCondition | None, backfill_policy: BackfillPolicy | None
) -> BuiltAsset:
    def complete(spec: AssetSpec) -> AssetSpec:
        return spec.replace_attributes(automation_condition=spec.automation_condition or condition)

    if not isinstance(asset, AssetsDefinition):
        return asset
    completed = asset.map_asset_specs(complete) if condition is not None else asset
    if backfill_policy is None or asset.backfill_policy is not None or not asset.is_materializable:
        return completed
    return completed.with_attributes(backfill_policy=backfill_policy)


def _in_group(asset: BuiltAsset, group_name: str) -> BuiltAsset:
    def put(spec: AssetSpec) -> AssetSpec:
        if spec.group_name is not None and spec.group_name != group_name:
            raise InvalidDefinitionError(
                f"Asset {spec.key.to_user_string()!r} ({spec.source}) is in the group {spec.group_name!r}, so it cannot "
                f"be put into {group_name!r}; name the group in one place."
            )
        return spec.replace_attributes(group_name=group_name)

    return asset.map_asset_specs(put) if isinstance(asset, AssetsDefinition) else put(asset)


def _prefixed(
    assets: Sequence[BuiltAsset],
    prefix: CoercibleToAssetKeyPrefix | None,
    source_prefix: CoercibleToAssetKeyPrefix | None,
) -> Sequence[BuiltAsset]:
    moved: dict[AssetKey, AssetKey] = {}
    for each in assets:
        is_source = not isinstance(each, AssetsDefinition) or not each.is_materializable
        chosen = source_prefix if is_source else prefix
        for spec in each.specs if isinstance(each, AssetsDefinition) else [each]:
            moved[spec.key] = spec.key if chosen is None else spec.key.with_prefix(chosen)

    def move(spec: AssetSpec) -> AssetSpec:
        return spec.replace_attributes(key=moved[spec.key])

    return [
        each.map_asset_specs(move).with_resolved_deps(moved)
        if isinstance(each, AssetsDefinition)
        else move(each).with_resolved_deps(moved)
        for each in assets
    ]
