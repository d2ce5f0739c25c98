"""Graphs put together by hand: from definitions and dependencies by name to nodes and edges."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.definitions.graphs.dependency import (
    DependencyDefinition,
    InputDependency,
    MappedInputPlaceholder,
    MultiDependencyDefinition,
    NodeInvocation,
)
from headrace.definitions.graphs.node import (
    GraphInput,
    InputHandle,
    InputMapping,
    Node,
    NodeDefinition,
    OutputHandle,
    Upstream,
)
from headrace.errors import DuplicateDefinitionError, InvalidDefinitionError

DependenciesByName = Mapping[Any, Mapping[str, InputDependency]]
"""What is connected to each input, by the name or the `NodeInvocation` of its node, then by input."""


@dataclass
class HandmadeGraph:
    """The nodes and edges that a graph's arguments describe.

    Attributes:
        name: The graph's name.
        node_defs: The definitions to place.
        given: What is connected to which input of which use of a definition.
        input_mappings: The graph's inputs, some of which may be part of fan-ins.
    """

    name: str
    node_defs: Sequence[NodeDefinition]
    given: DependenciesByName
    input_mappings: Sequence[InputMapping]

    def nodes(self) -> dict[str, Node]:
        """Every use of a definition; one that no dependency mentions is used once, under its own name."""
        definitions: dict[str, NodeDefinition] = {}
        for each in self._checked_node_defs():
            if definitions.setdefault(each.name, each) is not each:
                raise DuplicateDefinitionError(
                    f"Graph {self.name!r}: there are two definitions with the same name {each.name!r} in node_defs."
                )
        uses = [_invocation(key) for key in self._checked_dependencies()]
        for use in uses:
            if use.name not in definitions:
                raise InvalidDefinitionError(
                    f'Graph {self.name!r}: node "{use.name}" in dependency dictionary not found in node list; '
                    f"there are: {', '.join(map(repr, definitions)) or 'none'}."
                )
        used = {use.name for use in uses}
        unmentioned = [NodeInvocation(name) for name in definitions if name not in used]
        return {use.node_name: _placed(definitions[use.name], use) for use in (*unmentioned, *uses)}

    def edges(self) -> dict[InputHandle, Upstream]:
        """What is connected to which input."""
        found: dict[InputHandle, Upstream] = {}
        for key, inputs in self._checked_dependencies().items():
            node = _invocation(key).node_name
            for name, dependency in self._inputs_of(node, inputs):
                found[node, name] = self._upstream(node, name, dependency)
        return found

    def _checked_node_defs(self) -> Iterator[NodeDefinition]:
        if isinstance(self.node_defs, str) or not isinstance(self.node_defs, Sequence):
            raise InvalidDefinitionError(
                f'Graph {self.name!r}: Param "node_defs" is not a Sequence: got {self.node_defs!r}.'
            )
        for each in self.node_defs:
            if inspect.isfunction(each):
                raise InvalidDefinitionError(
                    f"Graph {self.name!r}: You have passed a lambda or function {each.__name__} as a node. Decorate it with @op, "
                    "or pass what that returned."
                )
            if not isinstance(each, NodeDefinition):
                raise InvalidDefinitionError(
                    f"Graph {self.name!r}: Invalid item in node list: {each!r}; each must be an op or a graph."
                )
            yield each

    def _checked_dependencies(self) -> Mapping[Any, Any]:
        if not isinstance(self.given, Mapping):
            raise InvalidDefinitionError(
                f'Graph {self.name!r}: The expected type for "dependencies" is Union[Mapping[str, Mapping[str, '
                "DependencyDefinition | MultiDependencyDefinition]], Mapping[NodeInvocation, ...]]; "
                f"got {self.given!r}."
            )
        return self.given

    def _inputs_of(self, node: str, inputs: Any) -> Iterator[tuple[str, InputDependency]]:
        if isinstance(inputs, InputDependency):
            raise InvalidDefinitionError(
                f"Graph {self.name!r}: Received a IDependencyDefinition one layer too high under key {node}; "
                f"say which input it is for: {{{node!r}: {{'some_input': ...}}}}."
            )
        for name, dependency in inputs.items():
            if not isinstance(dependency, InputDependency):
                raise InvalidDefinitionError(
                    f'Graph {self.name!r}: Expected IDependencyDefinition for node "{node}" input "{name}", '
                    f"got {dependency!r}."
                )
            yield name, dependency

    def _upstream(self, node: str, name: str, dependency: InputDependency) -> Upstream:
        if isinstance(dependency, DependencyDefinition):
            return OutputHandle(dependency.node, dependency.output)
        assert isinstance(dependency, MultiDependencyDefinition)
        return [
            self._graph_input(node, name, index)
            if isinstance(each, type) and issubclass(each, MappedInputPlaceholder)
            else OutputHandle(each.node, each.output)
            for index, each in enumerate(dependency.dependencies)
        ]

    def _graph_input(self, node: str, name: str, index: int) -> GraphInput:
        for each in self.input_mappings:
            if (each.mapped_node_name, each.mapped_node_input_name, each.fan_in_index) == (node, name, index):
                return GraphInput(each.graph_input_name)
        raise InvalidDefinitionError(
            f"Graph {self.name!r}: input {name!r} of {node!r} leaves place {index} of its fan-in to an input of the "
            f"graph, but no input mapping with fan_in_index={index} fills it."
        )


def _invocation(key: Any) -> NodeInvocation:
    return key if isinstance(key, NodeInvocation) else NodeInvocation(str(key))


def _placed(definition: NodeDefinition, use: NodeInvocation) -> Node:
    return Node(use.node_name, definition, use.tags, use.retry_policy, use.hook_defs)
