"""What is connected to what, in the words in which graphs are put together by hand."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.definitions.graphs.dependency import (
    DependencyDefinition,
    InputDependency,
    MappedInputPlaceholder,
    MultiDependencyDefinition,
    NodeInvocation,
)
from headrace.definitions.graphs.node import Dependencies, Node, OutputHandle, Upstream


def dependencies_by_use(
    nodes: Mapping[str, Node], edges: Dependencies
) -> dict[NodeInvocation, dict[str, InputDependency]]:
    """What is connected to each input, by the use of its definition, then by input."""
    uses = {name: _use(node) for name, node in nodes.items()}
    found: dict[NodeInvocation, dict[str, InputDependency]] = {use: {} for use in uses.values()}
    for (node, name), upstream in edges.items():
        found[uses[node]][name] = _dependency(upstream)
    return found


def _use(node: Node) -> NodeInvocation:
    alias = None if node.name == node.definition.name else node.name
    return NodeInvocation(node.definition.name, alias, dict(node.tags), node.hooks, node.retry_policy)


def _dependency(upstream: Upstream) -> InputDependency:
    if isinstance(upstream, OutputHandle):
        return DependencyDefinition(upstream.node, upstream.output)
    return MultiDependencyDefinition(
        [
            DependencyDefinition(each.node, each.output) if isinstance(each, OutputHandle) else MappedInputPlaceholder
            for each in upstream
        ]
    )
