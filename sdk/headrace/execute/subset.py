"""The part of a graph that a selection leaves: what the run config must fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.definitions.graphs.node import Node, OutputHandle, Upstream
from headrace.definitions.graphs.structure import GraphStructure, NodePath, handles_of

if TYPE_CHECKING:
    from headrace.definitions.jobs.job import JobDefinition


def subset_job(job: JobDefinition, paths: Collection[NodePath]) -> JobDefinition:
    """The job with these ops only, for checking its run config."""
    subset = copy(job)
    for cached in ("run_config_schema", "resource_requirements", "required_resource_keys"):
        subset.__dict__.pop(cached, None)
    subset.graph = subset_graph(job.graph, paths)
    return subset


def subset_run_config(run_config: Mapping[str, Any], graph: GraphStructure, whole: GraphStructure) -> dict[str, Any]:
    """Run config without the sections of ops that are in `whole`, but not selected."""
    ops = {
        name: section
        for name, section in (run_config.get("ops") or {}).items()
        if name in graph.nodes or name not in whole.nodes
    }
    return {**run_config, "ops": ops} if "ops" in run_config else dict(run_config)


def subset_graph(graph: GraphStructure, paths: Collection[NodePath]) -> GraphStructure:
    """The graph with the ops at these paths; edges to what is gone are gone, too."""
    nodes = {name: _subset_node(node, paths) for name, node in graph.nodes.items() if any(p[0] == name for p in paths)}
    return GraphStructure(
        graph.name,
        nodes=nodes,
        dependencies={
            (node, name): kept
            for (node, name), upstream in graph.dependencies.items()
            if node in nodes and name in nodes[node].definition.ins and (kept := _kept(upstream, nodes)) is not None
        },
        input_mappings=[
            each
            for each in graph.input_mappings
            if each.mapped_node_name in nodes
            and each.mapped_node_input_name in nodes[each.mapped_node_name].definition.ins
        ],
        output_mappings=[
            each
            for each in graph.output_mappings
            if each.mapped_node_name in nodes
            and each.mapped_node_output_name in nodes[each.mapped_node_name].definition.outs
        ],
        config=graph.config_mapping,
        source=graph.source,
    )


def _subset_node(node: Node, paths: Collection[NodePath]) -> Node:
    if not isinstance(node.definition, GraphStructure):
        return node
    inner = [path[1:] for path in paths if path[0] == node.name]
    return replace(node, definition=subset_graph(node.definition, inner))


def _kept(upstream: Upstream, nodes: Mapping[str, Node]) -> Upstream | None:
    if any(
        each.node not in nodes or each.output not in nodes[each.node].definition.outs for each in handles_of(upstream)
    ):
        return None
    return upstream if isinstance(upstream, OutputHandle) else list(upstream)
