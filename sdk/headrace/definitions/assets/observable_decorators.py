"""The `@observable_source_asset` decorators: looking at assets that are made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, overload

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix, key_prefix_parts
from headrace.definitions.assets.source_asset import SourceAsset, without_inputs
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.inside import asset_checks, check_outs
from headrace.definitions.checks.spec import AssetCheckSpec
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.types import Nothing
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvalidDefinitionError


@overload
def observable_source_asset(observe_fn: Callable[..., Any]) -> SourceAsset: ...


@overload
def observable_source_asset(
    *,
    key: CoercibleToAssetKey | None = ...,
    name: str | None = ...,
    key_prefix: CoercibleToAssetKeyPrefix | None = ...,
    metadata: Mapping[str, Any] | None = ...,
    io_manager_key: str | None = ...,
    io_manager_def: object | None = ...,
    description: str | None = ...,
    group_name: str | None = ...,
    required_resource_keys: Set[str] | None = ...,
    resource_defs: Mapping[str, object] | None = ...,
    op_tags: Mapping[str, Any] | None = ...,
    tags: Mapping[str, str] | None = ...,
    partitions_def: PartitionsDefinition | None = ...,
    automation_condition: AutomationCondition | None = ...,
    freshness_policy: FreshnessPolicy | None = ...,
) -> Callable[[Callable[..., Any]], SourceAsset]: ...


def observable_source_asset(
    observe_fn: Callable[..., Any] | None = None,
    *,
    key: CoercibleToAssetKey | None = None,
    name: str | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    metadata: Mapping[str, Any] | None = None,
    io_manager_key: str | None = None,
    io_manager_def: object | None = None,
    description: str | None = None,
    group_name: str | None = None,
    required_resource_keys: Set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    op_tags: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
) -> SourceAsset | Callable[[Callable[..., Any]], SourceAsset]:
    """Makes an asset that others make of a function that looks at it and returns a `DataVersion` or `ObserveResult`.

    Args:
        observe_fn: The function, when the decorator is used without arguments.
        key: The whole key, instead of `name` and `key_prefix`.
        name: The asset's name; the function's when left out.
        key_prefix: The parts of the key before the name.
        metadata: Shown with the asset, and for I/O managers.
        io_manager_key: The resource that loads it.
        io_manager_def: The I/O manager that loads it.
        description: What it is; the function's docstring when left out.
        group_name: The group it is shown in.
        required_resource_keys: Resources that the function reads from `context.resources`.
        resource_defs: Resources by name.
        op_tags: Tags of the op, for executors.
        tags: To select and group by.
        partitions_def: The partitions it is split into.
        automation_condition: When it is looked at by itself.
        freshness_policy: How old it may become.
    """

    def make(function: Callable[..., Any]) -> SourceAsset:
        if key is not None and (name is not None or key_prefix is not None):
            raise InvalidDefinitionError(
                "Cannot specify a name or key prefix for @observable_source_asset when the key argument is provided: "
                f"{function.__name__!r}."
            )
        own = (*key_prefix_parts(key_prefix), name or function.__name__)
        return SourceAsset(
            AssetKey(own) if key is None else key,
            metadata=metadata,
            io_manager_key=io_manager_key,
            io_manager_def=io_manager_def,
            description=description,
            partitions_def=partitions_def,
            group_name=group_name,
            resource_defs=resource_defs,
            observe_fn=function,
            op_tags=op_tags,
            automation_condition=automation_condition,
            tags=tags,
            freshness_policy=freshness_policy,
            required_resource_keys=required_resource_keys,
        )

    return make if observe_fn is None else make(observe_fn)


def multi_observable_source_asset(
    *,
    specs: Sequence[AssetSpec],
    name: str | None = None,
    description: str | None = None,
    can_subset: bool = False,
    required_resource_keys: Set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    group_name: str | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    op_tags: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Makes several assets that others make of a function that yields an `ObserveResult` for each.

    Args:
        specs: The assets.
        name: The op's name; the function's when left out.
        description: What the function does; its docstring when left out.
        can_subset: Whether the function can look at some of them without the others.
        required_resource_keys: Resources that the function reads from `context.resources`.
        resource_defs: Resources by name.
        group_name: The group of those that name none.
        check_specs: Checks of the assets whose verdicts the function gives as well.
        op_tags: Tags of the op, for executors.
        partitions_def: The partitions of those that name none.
    """

    def make(function: Callable[..., Any]) -> AssetsDefinition:
        op_name = name or function.__name__
        what = f"Multi-observable-source-asset {op_name!r}"
        outputs = {spec.key.to_python_identifier(): spec.key for spec in specs}
        checks = asset_checks(check_specs, set(outputs.values()), what)
        outs = {
            spec.key.to_python_identifier(): Out(dagster_type=Nothing, is_required=not (can_subset or spec.skippable))
            for spec in specs
        }
        node = OpDefinition(
            function,
            op_name,
            outs={**outs, **check_outs(checks)},
            description=description if description is not None else docstring_of(function),
            required_resource_keys={*(required_resource_keys or ()), *(resource_defs or {})},
            tags=op_tags,
            signature=without_inputs(function),
        )
        return AssetsDefinition(
            specs=[
                spec.replace_attributes(
                    group_name=spec.group_name or group_name, partitions_def=spec.partitions_def or partitions_def
                )
                for spec in specs
            ],
            node_def=node,
            keys_by_output_name=outputs,
            can_subset=can_subset,
            resource_defs=resource_defs,
            check_specs_by_output_name=checks,
            is_observable=True,
        )

    return make
