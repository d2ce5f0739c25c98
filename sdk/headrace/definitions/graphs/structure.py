"""The structure of graphs: nodes, the edges between them, and the inputs and outputs of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from headrace.config.fields import Field
from headrace.config.mapping import ConfigMapping
from headrace.definitions.graphs.dependency import InputDependency, NodeInvocation
from headrace.definitions.graphs.described import dependencies_by_use
from headrace.definitions.graphs.invocable import InvocableDefinition
from headrace.definitions.graphs.node import (
    Dependencies,
    GraphInput,
    InputMapping,
    Node,
    NodeDefinition,
    OutputHandle,
    OutputMapping,
    Upstream,
)
from headrace.definitions.naming import check_name, listing
from headrace.definitions.ops.inputs import GraphIn, In
from headrace.definitions.ops.op import OpDefinition
from headrace.definitions.ops.outputs import DynamicOut, GraphOut, Out
from headrace.definitions.ops.types import HeadraceType
from headrace.definitions.source import UNKNOWN_SOURCE, SourceLocation
from headrace.definitions.walk import find_cycle, topological_order
from headrace.errors import (
    CyclicDependencyError,
    DuplicateDefinitionError,
    InvalidDefinitionError,
    InvariantViolationError,
)
from headrace.undefined import UNDEFINED

if TYPE_CHECKING:
    from typing_extensions import Self

NodePath = tuple[str, ...]


class GraphStructure(InvocableDefinition):
    """Ops and graphs connected to each other.

    Args:
        name: Unique among the ops and graphs of a job.
        nodes: The nodes by name.
        dependencies: What is connected to which input.
        input_mappings: Which inputs of nodes get the inputs of the graph.
        output_mappings: Which outputs of nodes are the outputs of the graph.
        description: What it does.
        tags: For executors and people; every step inside carries them.
        config: Makes the config of the nodes from config of another schema.
        ins: More about the inputs.
        outs: More about the outputs.
        input_types: The annotations of the inputs.
        source: Where it was written.
    """

    composition_fn: Callable[..., Any] | None = None
    """The function that composed it; none for graphs put together by hand."""

    def __init__(
        self,
        name: str,
        *,
        nodes: Mapping[str, Node] | None = None,
        dependencies: Dependencies | None = None,
        input_mappings: Sequence[InputMapping] = (),
        output_mappings: Sequence[OutputMapping] = (),
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        config: ConfigMapping | None = None,
        ins: Mapping[str, GraphIn] | None = None,
        outs: Mapping[str, GraphOut] | None = None,
        input_types: Mapping[str, Any] | None = None,
        source: SourceLocation = UNKNOWN_SOURCE,
    ) -> None:
        super().__init__(check_name(name, "A graph's name"), description, tags, source)
        self.nodes: Mapping[str, Node] = dict(nodes or {})
        self.edges: Dependencies = dict(dependencies or {})
        self.input_mappings = list(input_mappings)
        self.output_mappings = list(output_mappings)
        self.config_mapping = config
        self.left_out: frozenset[str] = frozenset()
        self._input_types = dict(input_types or {})
        self._declared_ins = dict(ins or {})
        self._declared_outs = dict(outs or {})
        self._check_edges()
        self._check_acyclic()

    @property
    def config_schema(self) -> Field | None:
        """What config it takes as a whole; None if each of its nodes takes its own."""
        return self.config_mapping.config_schema if self.config_mapping is not None else None

    @property
    def dependencies(self) -> Mapping[NodeInvocation, Mapping[str, InputDependency]]:
        """What is connected to each input, by the use of its definition, then by input."""
        return dependencies_by_use(self.nodes, self.edges)

    def all_dagster_types(self) -> Iterable[HeadraceType]:
        """The types of all inputs and outputs, those inside of nested graphs and those that types are made of included."""
        definitions = [self, *(node.definition for _path, node in self.iterate_nodes())]
        sides: list[Any] = [side for each in definitions for side in (*each.ins.values(), *each.outs.values())]
        found: dict[int, HeadraceType] = {}
        waiting = [side.type for side in sides]
        while waiting:
            each = waiting.pop()
            if found.setdefault(id(each), each) is each:
                waiting.extend(inner for inner in each.inner_types if id(inner) not in found)
        return found.values()

    @property
    def node_type(self) -> str:
        """`graph`."""
        return "graph"

    @cached_property
    def ins(self) -> Mapping[str, In]:
        """The inputs by name: those of the nodes that they are mapped to."""
        mapped: dict[str, list[In]] = {}
        for mapping in self.input_mappings:
            mapped.setdefault(mapping.graph_input_name, []).append(self._mapped_in(mapping))
        return {name: self._joined(name, inner) for name, inner in mapped.items()}

    def _joined(self, name: str, inner: Sequence[In]) -> In:
        """An input that may go to several nodes: with their type if it is the same, with a default if all have one."""
        declared = self._declared_ins.get(name)
        types = {each.type for each in inner}
        return replace(
            inner[0],
            description=(declared and declared.description) or inner[0].description,
            dagster_type=self._input_types.get(name, inner[0].dagster_type if len(types) == 1 else Any),
            default_value=inner[0].default_value if all(each.has_default_value for each in inner) else UNDEFINED,
        )

    def _mapped_in(self, mapping: InputMapping) -> In:
        inner = self.nodes[mapping.mapped_node_name].definition.ins[mapping.mapped_node_input_name]
        if mapping.fan_in_index is not None and inner.type.inner_types:
            inner = replace(inner, dagster_type=inner.type.inner_types[0])
        return inner if mapping.dagster_type is None else replace(inner, dagster_type=mapping.dagster_type)

    @cached_property
    def outs(self) -> Mapping[str, Out]:
        """The outputs by name: those of the nodes that they are taken from."""
        outs: dict[str, Out] = {}
        for mapping in self.output_mappings:
            inner = self.nodes[mapping.mapped_node_name].definition.outs[mapping.mapped_node_output_name]
            declared = self._declared_outs.get(mapping.graph_output_name)
            description = (declared and declared.description) or inner.description
            out = replace(inner, description=description)
            outs[mapping.graph_output_name] = DynamicOut(**vars(out)) if mapping.from_dynamic_mapping else out
        return outs

    @cached_property
    def node_order(self) -> Sequence[str]:
        """The names of the nodes, each after those it depends on."""
        return topological_order(self._upstream_nodes())

    def subset(
        self,
        *,
        nodes: Mapping[str, Node],
        dependencies: Dependencies,
        input_mappings: Sequence[InputMapping],
        output_mappings: Sequence[OutputMapping],
    ) -> Self:
        """This graph with some of its nodes only.

        Args:
            nodes: The nodes that are left.
            dependencies: The edges between them.
            input_mappings: The inputs that are left.
            output_mappings: The outputs that are left.
        """
        changed = copy(self)
        for cached in ("ins", "outs", "node_order"):
            changed.__dict__.pop(cached, None)
        changed.nodes, changed.edges = nodes, dependencies
        changed.input_mappings, changed.output_mappings = list(input_mappings), list(output_mappings)
        changed.left_out = frozenset(self.left_out | (self.nodes.keys() - nodes.keys()))
        return changed

    def iterate_nodes(self, path: NodePath = ()) -> Iterator[tuple[NodePath, Node]]:
        """All nodes, those inside nested graphs included, with their paths."""
        for name in self.node_order:
            node = self.nodes[name]
            yield (*path, name), node
            if isinstance(node.definition, GraphStructure):
                yield from node.definition.iterate_nodes((*path, name))

    def iterate_ops(self) -> Iterator[tuple[NodePath, OpDefinition]]:
        """All ops, those inside nested graphs included, with their paths."""
        for path, node in self.iterate_nodes():
            if isinstance(node.definition, OpDefinition):
                yield path, node.definition

    def node_at(self, path: NodePath) -> Node:
        """The node at a path."""
        node = self.nodes[path[0]]
        for name in path[1:]:
            if not isinstance(node.definition, GraphStructure):
                raise InvalidDefinitionError(f"{node.name!r} is an op and has no node {name!r} inside.")
            node = node.definition.nodes[name]
        return node

    def find_node(self, path: NodePath) -> Node | None:
        """The node at a path; None if there is none."""
        graph: NodeDefinition = self
        node = None
        for name in path:
            if not isinstance(graph, GraphStructure) or name not in graph.nodes:
                return None
            node = graph.nodes[name]
            graph = node.definition
        return node

    @property
    def node_defs(self) -> Sequence[NodeDefinition]:
        """The definitions that are placed in it, each once."""
        return list({id(node.definition): node.definition for node in self.nodes.values()}.values())

    def node_named(self, name: str) -> Node:
        """The node of that name."""
        return self._node(name)

    def iterate_op_defs(self) -> Iterator[OpDefinition]:
        """The definitions of all ops, those inside nested graphs included."""
        return (definition for _path, definition in self.iterate_ops())

    def has_node_named(self, name: str) -> bool:
        """Whether there is a node of that name."""
        return name in self.nodes

    def _invoke(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> NoReturn:
        raise InvariantViolationError(
            f"Attempted to call graph '{self.name}' outside of a composition function. Invoking graphs is only valid in a "
            f"function decorated with @job or @graph. To run it, use {self.name}.execute_in_process()."
        )

    def _upstream_nodes(self) -> dict[str, set[str]]:
        upstream: dict[str, set[str]] = {name: set() for name in self.nodes}
        for (node, _input), sources in self.edges.items():
            upstream[node].update(handle.node for handle in handles_of(sources))
        return upstream

    def _check_edges(self) -> None:
        for (node, name), sources in self.edges.items():
            self._check_input(node, name)
            for handle in handles_of(sources):
                self._check_output(handle.node, handle.output)
        for into in self.input_mappings:
            self._check_input(into.mapped_node_name, into.mapped_node_input_name)
        for out_of in self.output_mappings:
            self._check_output(out_of.mapped_node_name, out_of.mapped_node_output_name)

    def _check_input(self, node: str, name: str) -> None:
        if name not in self._node(node).definition.ins:
            definition = self._node(node).definition
            raise InvalidDefinitionError(
                f'In graph {self.name!r}, {definition.node_type} "{definition.name}" does not have input "{name}"; '
                f"it has: {listing(list(definition.ins))}."
            )

    def _check_output(self, node: str, name: str) -> None:
        if name not in self._node(node).definition.outs:
            outs = self._node(node).definition.outs
            raise InvalidDefinitionError(
                f'In graph {self.name!r}, node "{node}" does not have output "{name}"; it has: {listing(list(outs))}.'
            )

    def _node(self, name: str) -> Node:
        if name not in self.nodes:
            raise InvalidDefinitionError(
                f'In graph {self.name!r}, node "{name}" not found in node list; there are: {listing(list(self.nodes))}.'
            )
        return self.nodes[name]

    def _check_acyclic(self) -> None:
        cycle = find_cycle(self._upstream_nodes())
        if cycle:
            raise CyclicDependencyError(
                f"In graph {self.name!r}, the nodes form a circular reference. Circular dependencies exist: {' -> '.join(cycle)}."
            )


def handles_of(upstream: Upstream) -> list[OutputHandle]:
    """The outputs among what is connected to an input."""
    if isinstance(upstream, OutputHandle):
        return [upstream]
    return [each for each in upstream if not isinstance(each, GraphInput)]


def check_unique_definitions(graph: GraphStructure) -> None:
    """Refuses two different definitions of one name in one job: run config could not tell them apart."""
    seen: dict[str, NodeDefinition] = {}
    for _path, node in graph.iterate_nodes():
        definition = node.definition
        first = seen.setdefault(definition.name, definition)
        if first is not definition:
            raise DuplicateDefinitionError(
                f"Detected conflicting node definitions with the same name {definition.name!r} in {graph.name!r}: one at {first.source}, "
                f"one at {definition.source}. Give one of them another name."
            )


def check_inputs_are_fed(graph: GraphStructure) -> None:
    """Refuses inputs that can never get a value: nothing is connected, and config cannot express one."""
    for place in (graph, *_nested_graphs(graph)):
        mapped = {(each.mapped_node_name, each.mapped_node_input_name) for each in place.input_mappings}
        for node in place.nodes.values():
            for name, each in node.definition.ins.items():
                if (
                    (node.name, name) in place.edges
                    or (node.name, name) in mapped
                    or _feeds_itself(each)
                    or name in node.input_assets
                ):
                    continue
                raise InvalidDefinitionError(
                    f"Input '{name}' of {node.definition.node_type} '{node.name}' has no way of being resolved: in "
                    f"{place.name!r} ({node.definition.source}) it is connected to nothing, and a value of type "
                    f"{each.type.display_name} cannot be given in run config. Connect it to an output, or give it a default "
                    "value."
                )


def _nested_graphs(graph: GraphStructure) -> Iterator[GraphStructure]:
    for _path, node in graph.iterate_nodes():
        if isinstance(node.definition, GraphStructure):
            yield node.definition


def _feeds_itself(each: In) -> bool:
    return (
        each.is_nothing
        or each.has_default_value
        or each.asset_key is not None
        or each.input_manager_key is not None
        or each.type.is_configurable
    )
