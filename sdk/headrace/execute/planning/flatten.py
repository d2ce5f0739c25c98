"""From nested graphs to a flat list of ops, each input with the ops' outputs that feed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headrace.definitions.graphs.node import GraphInput, InputMapping, Node, OutputHandle
from headrace.definitions.graphs.structure import GraphStructure, NodePath
from headrace.definitions.ops.op import OpDefinition
from headrace.errors import InvariantViolationError


@dataclass(frozen=True, slots=True)
class OpOutput:
    """An output of the op at a path; `collected` for all values of a dynamic output together."""

    path: NodePath
    output: str
    collected: bool = False


@dataclass(frozen=True, slots=True)
class OpenInput:
    """An input that nothing is connected to: of the node at a path, or with an empty path of the job itself."""

    path: NodePath
    name: str


@dataclass(frozen=True, slots=True)
class FanIn:
    """Several feeds as one list, in order."""

    parts: tuple[Feed, ...]


Feed = OpOutput | OpenInput | FanIn
"""What is connected to an input, if anything."""


@dataclass(frozen=True, slots=True)
class FlatOp:
    """An op, where it is, and what feeds its inputs."""

    path: NodePath
    node: Node
    op: OpDefinition
    feeds: Mapping[str, Feed]


def flatten(root: GraphStructure) -> Iterator[FlatOp]:
    """All ops of a job's graph; nested graphs leave no trace but the paths."""
    waiting: list[_Level] = [_Level((), root, {name: OpenInput((), name) for name in root.ins})]
    while waiting:
        level = waiting.pop()
        for name in level.graph.node_order:
            node = level.graph.nodes[name]
            feeds = level.feeds_of(node)
            path = (*level.path, name)
            if isinstance(node.definition, OpDefinition):
                yield FlatOp(path, node, node.definition, feeds)
            elif isinstance(node.definition, GraphStructure):
                waiting.append(_Level(path, node.definition, feeds))


class _Level:
    """One graph at its place in the job, with what feeds its inputs."""

    def __init__(self, path: NodePath, graph: GraphStructure, outer: Mapping[str, Feed]) -> None:
        self.path = path
        self.graph = graph
        self._outer = outer
        self._mappings: dict[tuple[str, str], InputMapping] = {
            (mapping.mapped_node_name, mapping.mapped_node_input_name): mapping for mapping in graph.input_mappings
        }

    def feeds_of(self, node: Node) -> dict[str, Feed]:
        return {name: self._feed(node.name, name) for name in node.definition.ins}

    def _feed(self, node: str, name: str) -> Feed:
        upstream = self.graph.edges.get((node, name))
        if isinstance(upstream, OutputHandle):
            return self._op_output(upstream)
        if upstream is not None:
            return FanIn(
                tuple(self._outer[e.name] if isinstance(e, GraphInput) else self._op_output(e) for e in upstream)
            )
        mapping = self._mappings.get((node, name))
        return OpenInput((*self.path, node), name) if mapping is None else self._outer[mapping.graph_input_name]

    def _op_output(self, handle: OutputHandle) -> OpOutput:
        path, output = innermost_output(self.graph, handle.node, handle.output)
        return OpOutput((*self.path, *path), output, handle.collected)


def output_of_job(root: GraphStructure, name: str) -> tuple[NodePath, str]:
    """The op, and its output, that an output of the job comes from."""
    for mapping in root.output_mappings:
        if mapping.graph_output_name == name:
            return innermost_output(root, mapping.mapped_node_name, mapping.mapped_node_output_name)
    known = ", ".join(repr(each.graph_output_name) for each in root.output_mappings) or "none"
    raise InvariantViolationError(f"Could not find top-level output {name!r} of {root.name!r}; it has: {known}.")


def innermost_output(graph: GraphStructure, node: str, output: str) -> tuple[NodePath, str]:
    """The op inside of a node, and its output, that an output of the node comes from."""
    path: NodePath = (node,)
    definition = graph.nodes[node].definition
    while isinstance(definition, GraphStructure):
        inner = next(each for each in definition.output_mappings if each.graph_output_name == output)
        path, output = (*path, inner.mapped_node_name), inner.mapped_node_output_name
        definition = definition.nodes[inner.mapped_node_name].definition
    return path, output
