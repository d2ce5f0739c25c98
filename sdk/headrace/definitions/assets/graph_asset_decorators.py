"""The `@graph_asset` and `@graph_multi_asset` decorators: assets that several ops make together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, overload

from headrace.config.mapping import ConfigMapping
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.freshness_policy import FreshnessPolicy
from headrace.definitions.assets.in_out import AssetIn, AssetOut
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey, CoercibleToAssetKeyPrefix, key_prefix_parts
from headrace.definitions.assets.node_assets import NodeAssets
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.spec import AssetCheckSpec, checks_by_output
from headrace.definitions.graphs.decorator import compose_graph
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.inputs import GraphIn
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT, GraphOut
from headrace.definitions.ops.signature import signature_of
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.tags import kind_tags
from headrace.errors import InvalidDefinitionError

Ins = Mapping[str, AssetIn | CoercibleToAssetKey]


@overload
def graph_asset(compose_fn: Callable[..., Any]) -> AssetsDefinition: ...


@overload
def graph_asset(
    *,
    name: str | None = ...,
    description: str | None = ...,
    ins: Ins | None = ...,
    config: ConfigMapping | Mapping[str, Any] | None = ...,
    key_prefix: CoercibleToAssetKeyPrefix | None = ...,
    group_name: str | None = ...,
    hooks: Set[HookDefinition] | None = ...,
    metadata: Mapping[str, Any] | None = ...,
    tags: Mapping[str, str] | None = ...,
    owners: Sequence[str] | None = ...,
    kinds: Set[str] | None = ...,
    resource_defs: Mapping[str, object] | None = ...,
    check_specs: Sequence[AssetCheckSpec] | None = ...,
    code_version: str | None = ...,
    key: CoercibleToAssetKey | None = ...,
    partitions_def: PartitionsDefinition | None = ...,
    backfill_policy: BackfillPolicy | None = ...,
    automation_condition: AutomationCondition | None = ...,
    freshness_policy: FreshnessPolicy | None = ...,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...


def graph_asset(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Ins | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
    key_prefix: CoercibleToAssetKeyPrefix | None = None,
    group_name: str | None = None,
    hooks: Set[HookDefinition] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Set[str] | None = None,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    code_version: str | None = None,
    key: CoercibleToAssetKey | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """Makes an asset of a function that calls ops; the function runs once, now, with placeholders.

    Args:
        compose_fn: The function, when the decorator is used without arguments.
        name: The asset's name, the last part of its key; the function's when left out.
        description: What it is; the function's docstring when left out.
        ins: More about parameters, which are assets upstream.
        config: Makes the config of the ops from config of another schema.
        key_prefix: The parts of the key before the name.
        group_name: The group it is shown in.
        hooks: Run after every step.
        metadata: Shown with the asset.
        tags: To select and group by.
        owners: Who answers for it.
        kinds: What it is made with or stored in.
        resource_defs: Resources by name.
        check_specs: Checks of the asset whose verdicts the function returns as well, by output name.
        code_version: The version of the code.
        key: The whole key, instead of `name` and `key_prefix`.
        partitions_def: The partitions it is split into.
        backfill_policy: How many partitions one run of a backfill makes; one when left out.
        automation_condition: When it is made by itself.
        freshness_policy: How old it may become.
    """

    def make(function: Callable[..., Any]) -> AssetsDefinition:
        if key is not None and (name is not None or key_prefix is not None):
            raise InvalidDefinitionError(
                "Cannot specify a name or key prefix for @graph_asset when the key argument is provided: "
                f"{function.__name__!r}."
            )
        own = (*key_prefix_parts(key_prefix), name or function.__name__)
        asset_key = AssetKey(own) if key is None else AssetKey.from_coercible(key)
        checks = checks_by_output(check_specs or (), f"Asset {asset_key.to_user_string()!r}")
        inputs = _input_keys(function, ins)
        graph = compose_graph(
            function,
            name=asset_key.to_python_identifier(),
            description=description,
            out={each: GraphOut() for each in (DEFAULT_OUTPUT, *checks)},
            config=_mapping(config),
            ins=_graph_ins(ins),
        )
        options = NodeAssets(
            keys_by_input_name=inputs,
            partition_mappings=_mappings(ins),
            keys_by_output_name={DEFAULT_OUTPUT: asset_key},
            resource_defs=resource_defs,
            group_name=group_name,
            metadata_by_output_name={DEFAULT_OUTPUT: metadata},
            tags_by_output_name={DEFAULT_OUTPUT: tags},
            code_versions_by_output_name={DEFAULT_OUTPUT: code_version},
            owners_by_output_name={DEFAULT_OUTPUT: owners},
            kinds=kinds,
            partitions_def=partitions_def,
            backfill_policy=backfill_policy,
            automation_conditions_by_output_name={DEFAULT_OUTPUT: automation_condition},
            freshness_policies_by_output_name={DEFAULT_OUTPUT: freshness_policy},
            check_specs=tuple(checks.values()),
            hook_defs=hooks,
        )
        return AssetsDefinition(**options.arguments(graph))

    return make if compose_fn is None else make(compose_fn)


def graph_multi_asset(
    *,
    outs: Mapping[str, AssetOut],
    name: str | None = None,
    ins: Ins | None = None,
    hooks: Set[HookDefinition] | None = None,
    group_name: str | None = None,
    can_subset: bool = False,
    resource_defs: Mapping[str, object] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Makes several assets of a function that calls ops and returns their outputs.

    Args:
        outs: The assets by output name.
        name: The graph's name; the function's when left out.
        ins: More about parameters, which are assets upstream.
        hooks: Run after every step.
        group_name: The group of all of them.
        can_subset: Whether some of them can be made without the others.
        resource_defs: Resources by name.
        check_specs: Checks of the assets whose verdicts the function returns as well, by output name.
        config: Makes the config of the ops from config of another schema.
        partitions_def: The partitions that all of them are split into.
        backfill_policy: How many partitions one run of a backfill makes; one when left out.
    """

    def make(function: Callable[..., Any]) -> AssetsDefinition:
        graph_name = name or function.__name__
        checks = checks_by_output(check_specs or (), f"Graph multi-asset {graph_name!r}")
        inputs = _input_keys(function, ins)
        graph = compose_graph(
            function,
            name=graph_name,
            out={
                **{each: GraphOut(out.description) for each, out in outs.items()},
                **{each: GraphOut() for each in checks},
            },
            config=_mapping(config),
            ins=_graph_ins(ins),
        )
        options = NodeAssets(
            keys_by_input_name=inputs,
            partition_mappings=_mappings(ins),
            keys_by_output_name={output: out.key_for(output) for output, out in outs.items()},
            resource_defs=resource_defs,
            group_name=group_name,
            group_names_by_output_name={output: out.group_name for output, out in outs.items()},
            metadata_by_output_name={output: out.metadata for output, out in outs.items()},
            tags_by_output_name={output: _tags(out) for output, out in outs.items()},
            code_versions_by_output_name={output: out.code_version for output, out in outs.items()},
            owners_by_output_name={output: out.owners for output, out in outs.items()},
            partitions_def=partitions_def,
            backfill_policy=backfill_policy,
            automation_conditions_by_output_name={output: out.automation_condition for output, out in outs.items()},
            freshness_policies_by_output_name={output: out.freshness_policy for output, out in outs.items()},
            can_subset=can_subset,
            check_specs=tuple(checks.values()),
            hook_defs=hooks,
        )
        return AssetsDefinition(**options.arguments(graph))

    return make


def _tags(out: AssetOut) -> dict[str, str]:
    return {**(out.tags or {}), **kind_tags(out.kinds, "An AssetOut")}


def _input_keys(function: Callable[..., Any], ins: Ins | None) -> dict[str, AssetKey]:
    signature = signature_of(function, allow_config=False)
    parameters = [each.name for each in signature.inputs]
    unknown = (ins or {}).keys() - set(parameters)
    if unknown and not signature.takes_any:
        raise InvalidDefinitionError(
            f"'{function.__name__}' decorated function does not have argument(s) {', '.join(sorted(map(repr, unknown)))}, which "
            "`ins` names."
        )
    given = {name: AssetIn.from_coercible(each) for name, each in (ins or {}).items()}
    return {name: given.get(name, AssetIn()).key_for(name) for name in dict.fromkeys([*parameters, *given])}


def _mappings(ins: Ins | None) -> dict[str, PartitionMapping | None]:
    return {name: each.partition_mapping for name, each in (ins or {}).items() if isinstance(each, AssetIn)}


def _graph_ins(ins: Ins | None) -> dict[str, GraphIn]:
    return {name: GraphIn() for name in ins or {}}


def _mapping(config: ConfigMapping | Mapping[str, Any] | None) -> ConfigMapping | None:
    """Config that is given as such is fixed: runs give none."""
    if config is None or isinstance(config, ConfigMapping):
        return config
    fixed = dict(config)
    return ConfigMapping(config_fn=lambda _: fixed, config_schema={})
