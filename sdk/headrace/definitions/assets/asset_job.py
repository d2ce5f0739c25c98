"""Jobs that make assets: from a selection to a graph of ops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any

from headrace.config.mapping import ConfigMapping
from headrace.config.run_config import RunConfig
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.layer import AssetLayer
from headrace.definitions.assets.resource_conflicts import refuse_conflicts_among
from headrace.definitions.assets.turns import taking_turns
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.checks.gates import gates_of
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.graphs.node import Node, OutputHandle, Upstream
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.partitions.partitioned_config import PartitionedConfig
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.resources.requirements import missing_resources
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.source import UNKNOWN_SOURCE, SourceLocation
from headrace.errors import InvalidDefinitionError, InvalidSubsetError

IMPLICIT_ASSET_JOB = "__ASSET_JOB"


def build_asset_job(
    name: str,
    asset_graph: AssetGraph,
    keys: Set[AssetKey],
    *,
    check_keys: Set[AssetCheckKey] | None = None,
    resource_defs: Mapping[str, ResourceDefinition] | None = None,
    executor_def: ExecutorDefinition | None = None,
    config: ConfigMapping | Mapping[str, Any] | RunConfig | PartitionedConfig | None = None,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    logger_defs: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    hooks: Set[HookDefinition] | None = None,
    source: SourceLocation = UNKNOWN_SOURCE,
    partitions_def: PartitionsDefinition | None = None,
    automation_condition: AutomationCondition | None = None,
    presets: Mapping[str, Mapping[str, Any] | RunConfig] | None = None,
) -> JobDefinition:
    """A job that makes these assets and these checks, or else the checks of the assets."""
    checks = asset_graph.check_keys_of(keys) if check_keys is None else check_keys
    graph, layer = _graph_and_layer(name, asset_graph, description, source, keys, checks)
    return JobDefinition(
        graph_def=graph,
        resource_defs=_merged_resources(_concerned(layer, asset_graph), resource_defs or {}),
        executor_def=executor_def,
        config=config,
        tags=tags,
        run_tags=run_tags,
        metadata=metadata,
        op_retry_policy=op_retry_policy,
        logger_defs=logger_defs,
        owners=owners,
        hooks=hooks,
        asset_layer=layer,
        partitions_def=_partitions_of(name, asset_graph, keys, partitions_def, config),
        automation_condition=automation_condition,
        presets=presets,
    )


def _graph_and_layer(
    name: str,
    asset_graph: AssetGraph,
    description: str | None,
    source: SourceLocation,
    keys: Set[AssetKey],
    checks: Set[AssetCheckKey],
) -> tuple[GraphDefinition, AssetLayer]:
    """What makes these assets and these checks."""
    external = sorted(key.to_user_string() for key in keys - asset_graph.executable_keys)
    if external:
        raise InvalidSubsetError(
            f"Job {name!r} selects assets that are made elsewhere: {', '.join(external)}. "
            "Leave them out, for example with AssetSelection.materializable()."
        )
    assets_defs = asset_graph.assets_defs_for(_ordered(asset_graph, keys))
    chosen = [
        *taking_turns([each.subset_for(keys, checks) for each in assets_defs], asset_graph.parents),
        *_of_checks_alone(asset_graph, assets_defs, keys, checks),
    ]
    nodes = _placed(chosen)
    layer, dependencies = _connect(nodes, asset_graph, keys)
    graph = GraphDefinition.composed(
        name,
        nodes={node: Node(node, each.node_def, hooks=each.hook_defs) for node, each in nodes.items() if each.node_def},
        dependencies=dependencies,
        description=description,
        source=source,
    )
    narrowed = partial(_graph_and_layer, name, asset_graph, description, source)
    return graph, replace(layer, asset_graph=asset_graph, narrowed=narrowed)


def _ordered(asset_graph: AssetGraph, keys: Set[AssetKey]) -> Iterable[AssetKey]:
    if len(keys) == 1:
        return keys
    return [key for key in asset_graph.topological_keys if key in keys]


def _of_checks_alone(
    asset_graph: AssetGraph, assets_defs: Sequence[AssetsDefinition], keys: Set[AssetKey], checks: Set[AssetCheckKey]
) -> Iterable[AssetsDefinition]:
    """What makes those of the checks that are not made along with the assets."""
    made_along = {id(each) for each in assets_defs}
    for each in asset_graph.checks_defs_for(sorted(checks)):
        if id(each) not in made_along:
            yield each.subset_for(keys, checks)


def _placed(chosen: Iterable[AssetsDefinition]) -> dict[str, AssetsDefinition]:
    """Definitions by node name; a second one of a name gets a number."""
    nodes: dict[str, AssetsDefinition] = {}
    for each in chosen:
        assert each.node_def is not None
        name = base = each.node_def.name
        number = 1
        while name in nodes:
            number += 1
            name = f"{base}_{number}"
        nodes[name] = each
    return nodes


def _connect(
    nodes: Mapping[str, AssetsDefinition], asset_graph: AssetGraph, keys: Set[AssetKey]
) -> tuple[AssetLayer, dict[tuple[str, str], Upstream]]:
    """Which output feeds which input, and which assets they all are."""
    keys_by_output = {
        (node, output): key for node, each in nodes.items() for output, key in each.node_keys_by_output_name.items()
    }
    made = {
        key: OutputHandle(node, output)
        for (node, output), key in keys_by_output.items()
        if key in nodes[node].selected_keys and not nodes[node].is_observable
    }
    keys_by_input: dict[tuple[str, str], AssetKey] = {}
    dependencies: dict[tuple[str, str], Upstream] = {}
    for node, each in nodes.items():
        needed = {dep.asset_key for made_here in each.selected_keys for dep in each.specs_by_key[made_here].deps}
        if not each.specs_by_key:
            needed.update(each.node_keys_by_input_name.values())
        for input_name, key in each.node_keys_by_input_name.items():
            keys_by_input[node, input_name] = key
            handle = made.get(key)
            if handle is not None and handle.node != node and key in needed:
                dependencies[node, input_name] = handle
    involved = {*keys_by_output.values(), *keys_by_input.values()}
    layer = AssetLayer(
        keys_by_output=keys_by_output,
        keys_by_input=keys_by_input,
        assets_defs_by_node=nodes,
        specs={key: asset_graph.get(key) for key in involved if asset_graph.has(key)},
        io_manager_keys={
            key: asset_graph.assets_def_for(key).io_manager_key_for(key) for key in involved if asset_graph.has(key)
        },
        selected_keys=frozenset(keys),
        gates=gates_of(nodes),
    )
    return layer, dependencies


def _partitions_of(
    name: str, asset_graph: AssetGraph, keys: Set[AssetKey], given: PartitionsDefinition | None, config: Any
) -> PartitionsDefinition | None:
    """The partitions of the runs: what is given, else those of the assets where they all have the same."""
    found = {asset_graph.get(key).partitions_def for key in keys if asset_graph.has(key)} - {None}
    chosen = given or (config.partitions_def if isinstance(config, PartitionedConfig) else None)
    if chosen is not None and found - {chosen}:
        others = sorted(key.to_user_string() for key in keys if asset_graph.get(key).partitions_def in found - {chosen})
        raise InvalidDefinitionError(
            "Can't supply a PartitionedConfig for 'config' with a different PartitionsDefinition than supplied for "
            f"'partitions_def', nor either of them with other partitions than assets that job {name!r} makes: "
            f"{', '.join(others[:5])}. Leave them out, or give those of the assets."
        )
    return chosen or (next(iter(found)) if len(found) == 1 else None)


def check_resources_of_job(
    job: JobDefinition, asset_graph: AssetGraph, around: Mapping[str, ResourceDefinition]
) -> None:
    """Checks that what a job makes and loads has the resources that it needs."""
    assert job.asset_layer is not None
    concerned = _concerned(job.asset_layer, asset_graph)
    made_here = {id(each) for each in job.asset_layer.assets_defs_by_node.values()}
    check_resources_of([each for each in concerned if id(each) in made_here or each.node_def is None], around)
    job.check_resources()


def check_resources_of(assets_defs: Iterable[AssetsDefinition], around: Mapping[str, ResourceDefinition]) -> None:
    """Checks that each has the resources that it needs: what one brings is not there for others."""
    for each in assets_defs:
        provided = {**around, **each.resource_defs}
        missing_resources(f"{each.label} ({each.source})", each.resource_requirements(), provided)


def _concerned(layer: AssetLayer, asset_graph: AssetGraph) -> Sequence[AssetsDefinition]:
    """What makes the assets of a job, and what defines those that it loads: both bring resources."""
    loaded = [key for key in set(layer.keys_by_input.values()) if asset_graph.has(key)]
    made = {id(each.node_def) for each in layer.assets_defs_by_node.values()}
    read = [each for each in asset_graph.assets_defs_for(sorted(loaded)) if id(each.node_def) not in made]
    return [*layer.assets_defs_by_node.values(), *read]


def _merged_resources(
    chosen: Iterable[AssetsDefinition], around: Mapping[str, ResourceDefinition]
) -> dict[str, ResourceDefinition]:
    assets_defs = list(chosen)
    refuse_conflicts_among(assets_defs)
    merged = dict(around)
    for each in assets_defs:
        merged.update(each.resource_defs)
    return merged
