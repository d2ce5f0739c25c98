"""How graphs that are put together by hand say what is connected to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headrace.definitions.jobs.hook import HookDefinition, checked_hooks
from headrace.definitions.ops.outputs import DEFAULT_OUTPUT
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError


class InputDependency:
    """What is connected to an input: one output, or several."""


@dataclass(frozen=True)
class DependencyDefinition(InputDependency):
    """Connects an input to an output of a node.

    Args:
        node: The node's name.
        output: The output's name.
        description: What the connection is for.
    """

    node: str
    output: str = DEFAULT_OUTPUT
    description: str | None = None

    @property
    def is_fan_in(self) -> bool:
        """Whether the input gets a list of several outputs."""
        return False


class MappedInputPlaceholder:
    """The place of an input of the graph itself in a fan-in; an input mapping with its index names the input."""


@dataclass(frozen=True)
class MultiDependencyDefinition(InputDependency):
    """Connects an input to several outputs, which it gets as one list.

    Args:
        dependencies: The outputs, in order; `MappedInputPlaceholder` where an input of the graph goes.
    """

    dependencies: Sequence[DependencyDefinition | type[MappedInputPlaceholder]]

    @property
    def is_fan_in(self) -> bool:
        """Whether the input gets a list of several outputs."""
        return True

    def __post_init__(self) -> None:
        handles = []
        for each in self.dependencies:
            if each is MappedInputPlaceholder:
                continue
            if not isinstance(each, DependencyDefinition):
                raise InvalidDefinitionError(
                    f"MultiDependencyDefinition: expected DependencyDefinitions or MappedInputPlaceholder, not {each!r}."
                )
            if (each.node, each.output) in handles:
                raise InvalidDefinitionError(
                    f"MultiDependencyDefinition: duplicate dependency on output {each.output!r} of {each.node!r}."
                )
            handles.append((each.node, each.output))


@dataclass(frozen=True)
class NodeInvocation:
    """One use of a definition in a graph, as a key of the graph's `dependencies`.

    Args:
        name: The definition's name.
        alias: The node's name; the definition's when left out.
        tags: Laid over the definition's tags.
        hook_defs: Run after every step of the node.
        retry_policy: Used instead of the definition's.
    """

    name: str
    alias: str | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)
    hook_defs: frozenset[HookDefinition] = frozenset()
    retry_policy: RetryPolicy | None = None

    def __post_init__(self) -> None:
        what = f"NodeInvocation of {self.name!r}"
        object.__setattr__(self, "tags", normalize_tags(self.tags, f"{what}: its tags"))
        object.__setattr__(self, "hook_defs", checked_hooks(self.hook_defs, what))

    @property
    def node_name(self) -> str:
        """What the node is called in the graph."""
        return self.alias or self.name

    def __hash__(self) -> int:
        return hash((self.name, self.alias, frozenset(self.tags.items()), self.hook_defs, self.retry_policy))
