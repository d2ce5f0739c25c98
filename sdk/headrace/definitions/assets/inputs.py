"""Which assets the inputs of an asset's function read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headrace.definitions.assets.in_out import AssetIn
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import AssetDep, CoercibleToAssetDep, each_dep
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.signature import Signature
from headrace.definitions.ops.types import Nothing
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.errors import InvalidDefinitionError

_LOADED = In()
_ORDER_ONLY = In(dagster_type=Nothing)
_NO_ASSET_IN = AssetIn()


@dataclass(frozen=True)
class AssetInputs:
    """Which assets the inputs of an asset's function read.

    Attributes:
        ins: The inputs of the op, as far as they are declared.
        keys_by_input_name: The asset that each input reads; inputs of type Nothing for those that are not loaded.
        deps: All assets upstream.
    """

    ins: Mapping[str, In]
    keys_by_input_name: Mapping[str, AssetKey]
    deps: tuple[AssetDep, ...]


def asset_inputs(
    signature: Signature,
    declared: Mapping[str, AssetIn | CoercibleToAssetKey],
    deps: Iterable[CoercibleToAssetDep],
    what: str,
) -> AssetInputs:
    """Inputs from the parameters of the function, what is declared about them, and dependencies without a value."""
    ins: dict[str, In] = {}
    keys: dict[str, AssetKey] = {}
    mappings: dict[AssetKey, PartitionMapping] = {}
    for parameter in signature.inputs:
        given = declared.get(parameter.name)
        asset_in = _NO_ASSET_IN if given is None else AssetIn.from_coercible(given)
        keys[parameter.name] = asset_in.key_for(parameter.name)
        ins[parameter.name] = _LOADED if given is None else asset_in.to_in()
    _declare_others(signature, declared, ins, keys, what)
    for name, given in declared.items():
        if isinstance(given, AssetIn) and given.partition_mapping is not None:
            mappings[keys[name]] = given.partition_mapping
    loaded = {key: AssetDep(key, partition_mapping=mappings.get(key)) for key in keys.values()}
    ordered: dict[AssetKey, AssetDep] = {}
    for dep in each_dep(deps, what):
        if dep.asset_key not in loaded:
            ordered[dep.asset_key] = dep
        else:
            check_said_once(dep, declared, keys, what)
            loaded[dep.asset_key] = dep
    add_order_inputs(ordered, ins, keys)
    return AssetInputs(ins, keys, (*loaded.values(), *ordered.values()))


def add_order_inputs(keys: Iterable[AssetKey], ins: dict[str, In], keys_by_input_name: dict[str, AssetKey]) -> None:
    """Adds an input of type Nothing for each asset that only has to come first."""
    for key in keys:
        name = base = key.to_python_identifier()
        number = 1
        while name in ins:
            number += 1
            name = f"{base}_{number}"
        ins[name] = _ORDER_ONLY
        keys_by_input_name[name] = key


def _declare_others(
    signature: Signature, declared: Mapping[str, Any], ins: dict[str, In], keys: dict[str, AssetKey], what: str
) -> None:
    """Declared inputs that are no parameters: without a value, or taken by `**kwargs`."""
    for name, given in declared.items():
        if name in ins:
            continue
        asset_in = AssetIn.from_coercible(given)
        each = asset_in.to_in()
        if not each.is_nothing and not signature.takes_any:
            known = ", ".join(repr(parameter.name) for parameter in signature.inputs) or "none"
            raise InvalidDefinitionError(
                f"{what}: `ins` names {name!r}, but the function has no such parameter; it has: {known}."
            )
        ins[name] = each
        keys[name] = asset_in.key_for(name)


def check_said_once(dep: AssetDep, declared: Mapping[str, Any], keys: Mapping[str, AssetKey], what: str) -> None:
    """Refuses an asset that is both in `deps` and an input where the input says more than its key."""
    for name, given in declared.items():
        if keys[name] == dep.asset_key and isinstance(given, AssetIn) and given.says_more_than_its_key:
            raise InvalidDefinitionError(
                f"{what}: {dep.asset_key.to_user_string()!r} is in deps and also the input {name!r}; say what is known "
                "about it in one place: leave it out of deps, or give the input nothing but its key."
            )
