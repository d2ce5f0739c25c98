"""Nodes: definitions placed in a graph, and the edges between them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeAlias

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.jobs.hook import HookDefinition
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.named import NamedIn, NamedOut
from headrace.definitions.ops.outputs import Out
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.source import UNKNOWN_SOURCE, SourceLocation
from headrace.definitions.tags import normalize_tags


class NodeDefinition(ABC):
    """What can be placed in a graph: an op or a graph."""

    def __init__(
        self,
        name: str,
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        source: SourceLocation = UNKNOWN_SOURCE,
    ) -> None:
        self.name = name
        self.description = description
        self.tags: dict[str, str] = normalize_tags(tags, f"The tags of {name!r}")
        self.source = source

    @property
    @abstractmethod
    def ins(self) -> Mapping[str, In]:
        """The inputs by name, in the order of the function's parameters."""

    @property
    @abstractmethod
    def outs(self) -> Mapping[str, Out]:
        """The outputs by name."""

    @property
    def input_defs(self) -> Sequence[NamedIn]:
        """The inputs, each with its name."""
        return [NamedIn.of(name, each) for name, each in self.ins.items()]

    @property
    def output_defs(self) -> Sequence[NamedOut]:
        """The outputs, each with its name."""
        return [NamedOut.of(name, out) for name, out in self.outs.items()]

    def input_def_named(self, name: str) -> NamedIn:
        """The input of that name."""
        return NamedIn.of(name, self.ins[name])

    def output_def_named(self, name: str) -> NamedOut:
        """The output of that name."""
        return NamedOut.of(name, self.outs[name])

    @property
    def positional_inputs(self) -> Sequence[str]:
        """The inputs that may be given by position; those that carry no value come last."""
        names = [name for name, each in self.ins.items() if not each.is_nothing]
        return [*names, *(name for name, each in self.ins.items() if each.is_nothing)]

    @property
    @abstractmethod
    def node_type(self) -> str:
        """`op` or `graph`, for messages."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


@dataclass(frozen=True)
class InputAsset:
    """An asset that is made elsewhere and loaded for an input.

    Attributes:
        key: The asset.
        io_manager_key: The resource that loads it.
        spec: What is known about it, an `AssetSpec`.
    """

    key: AssetKey
    io_manager_key: str
    spec: Any = None


@dataclass(frozen=True)
class Node:
    """A definition under a name of its own in one graph.

    Attributes:
        name: Unique in the graph.
        definition: The op or graph.
        tags: Laid over the definition's tags.
        retry_policy: Used instead of the definition's.
        hooks: Run after every step of the node.
        input_assets: The assets, made elsewhere, that are connected to inputs.
    """

    name: str
    definition: NodeDefinition
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    hooks: frozenset[HookDefinition] = frozenset()
    input_assets: Mapping[str, InputAsset] = field(default_factory=dict)

    def merged(self) -> Node:
        """The same, with the definition's tags under its own."""
        return replace(self, tags={**self.definition.tags, **self.tags})


@dataclass(frozen=True)
class OutputHandle:
    """An output of a node of the same graph.

    Attributes:
        node: The node's name.
        output: The output's name.
        collected: Whether all values of a dynamic output come together, instead of one after the other.
    """

    node: str
    output: str
    collected: bool = False


@dataclass(frozen=True)
class GraphInput:
    """An input of the graph itself, where a fan-in mixes it with outputs of nodes."""

    name: str


Upstream: TypeAlias = OutputHandle | list[OutputHandle | GraphInput]
InputHandle: TypeAlias = tuple[str, str]
Dependencies: TypeAlias = Mapping[InputHandle, Upstream]


class InputPointer(NamedTuple):
    """An input of a node, or a place in its list."""

    node_name: str
    input_name: str
    fan_in_index: int | None = None


class OutputPointer(NamedTuple):
    """An output of a node."""

    node_name: str
    output_name: str


@dataclass(frozen=True)
class InputMapping:
    """Hands an input of a graph to an input of one of its nodes.

    Args:
        graph_input_name: The graph's input.
        mapped_node_name: The node.
        mapped_node_input_name: The node's input.
        fan_in_index: The place in the list, when the node's input is a fan-in.
        graph_input_description: What the graph's input is.
        dagster_type: The graph's input's type; the node's input's type when left out.
    """

    graph_input_name: str
    mapped_node_name: str
    mapped_node_input_name: str
    fan_in_index: int | None = None
    graph_input_description: str | None = None
    dagster_type: Any = None

    @property
    def maps_to(self) -> InputPointer:
        """The node and its input."""
        return InputPointer(self.mapped_node_name, self.mapped_node_input_name, self.fan_in_index)


@dataclass(frozen=True)
class OutputMapping:
    """Takes an output of a graph from an output of one of its nodes.

    Args:
        graph_output_name: The graph's output.
        mapped_node_name: The node.
        mapped_node_output_name: The node's output.
        graph_output_description: What the graph's output is.
        dagster_type: The graph's output's type; the node's output's type when left out.
        from_dynamic_mapping: Whether there is one value for each value of a dynamic output upstream.
    """

    graph_output_name: str
    mapped_node_name: str
    mapped_node_output_name: str
    graph_output_description: str | None = None
    dagster_type: Any = None
    from_dynamic_mapping: bool = False

    @property
    def maps_from(self) -> OutputPointer:
        """The node and its output."""
        return OutputPointer(self.mapped_node_name, self.mapped_node_output_name)
