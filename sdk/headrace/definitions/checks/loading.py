"""Loading all asset checks of a module or package."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from types import ModuleType

from headrace.definitions.assets.key import CoercibleToAssetKeyPrefix
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.module_search import calling_module, definitions_in, modules_in_package


def load_asset_checks_from_modules(
    modules: Iterable[ModuleType], asset_key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> Sequence[AssetChecksDefinition]:
    """The asset checks that modules hold at their top level.

    Args:
        modules: The modules.
        asset_key_prefix: Put before the keys of the assets that they look at.
    """
    checks: list[AssetChecksDefinition] = definitions_in(modules, (AssetChecksDefinition,))
    return checks if asset_key_prefix is None else [_below(each, asset_key_prefix) for each in checks]


def load_asset_checks_from_current_module(
    asset_key_prefix: CoercibleToAssetKeyPrefix | None = None,
) -> Sequence[AssetChecksDefinition]:
    """The asset checks that are defined so far in the module that calls this.

    Args:
        asset_key_prefix: Put before the keys of the assets that they look at.
    """
    return load_asset_checks_from_modules([calling_module(1)], asset_key_prefix)


def load_asset_checks_from_package_module(
    package_module: ModuleType, asset_key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> Sequence[AssetChecksDefinition]:
    """The asset checks of a package and everything below it.

    Args:
        package_module: The package.
        asset_key_prefix: Put before the keys of the assets that they look at.
    """
    return load_asset_checks_from_modules(modules_in_package(package_module), asset_key_prefix)


def load_asset_checks_from_package_name(
    package_name: str, asset_key_prefix: CoercibleToAssetKeyPrefix | None = None
) -> Sequence[AssetChecksDefinition]:
    """The asset checks of a package and everything below it.

    Args:
        package_name: The package's name.
        asset_key_prefix: Put before the keys of the assets that they look at.
    """
    return load_asset_checks_from_package_module(importlib.import_module(package_name), asset_key_prefix)


def _below(checks: AssetChecksDefinition, prefix: CoercibleToAssetKeyPrefix) -> AssetChecksDefinition:
    moved = checks.with_resolved_deps({key: key.with_prefix(prefix) for key in checks.dependency_keys})
    assert isinstance(moved, AssetChecksDefinition)
    return moved
