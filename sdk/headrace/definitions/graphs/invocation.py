"""Placing a definition in the graph that is being composed."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from headrace.definitions.graphs.composed import ComposedDynamicOutput, ComposedOutput
from headrace.definitions.graphs.composition import Composition, current_composition
from headrace.definitions.graphs.node import Node, NodeDefinition
from headrace.definitions.jobs.hook import HookDefinition, checked_hooks
from headrace.definitions.naming import check_name, listing
from headrace.definitions.ops.retries import RetryPolicy
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError, InvalidInvocationError


@dataclass(frozen=True)
class Invocation:
    """A definition about to be placed in a graph, with what is set for this one use."""

    definition: NodeDefinition
    alias: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None
    hooks: frozenset[HookDefinition] = frozenset()

    @property
    def name(self) -> str:
        """The alias, or else the definition's name."""
        return self.alias or self.definition.name

    def with_alias(self, name: str) -> Invocation:
        """The same, under another name."""
        return replace(self, alias=check_name(name, f"An alias of {self.definition.name!r}"))

    def with_tags(self, tags: Mapping[str, Any]) -> Invocation:
        """The same, with more tags."""
        added = normalize_tags(tags, f"The tags of a use of {self.definition.name!r}")
        return replace(self, tags={**self.tags, **added})

    def with_hooks(self, hooks: Iterable[HookDefinition]) -> Invocation:
        """The same, with more hooks."""
        return replace(self, hooks=self.hooks | checked_hooks(hooks, f"A use of {self.definition.name!r}"))

    def with_changes(self, **changes: Any) -> Invocation:
        """The same, with other fields replaced."""
        return replace(self, **changes)

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Calls the definition outside of any graph, under its alias."""
        definition = copy(self.definition)
        definition.name = self.alias or definition.name
        return definition(*args, **kwargs)  # type: ignore[operator]

    def place(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Adds a node to the graph that is being composed and connects its inputs."""
        composition = current_composition()
        if composition is None:
            return self.call(args, kwargs)
        inputs = bind_inputs(self.definition, args, kwargs, composition.title)
        name = composition.node_name(self.definition.name, self.alias)
        composition.nodes[name] = Node(name, self.definition, self.tags, self.retry_policy, self.hooks)
        for input_name, value in inputs.items():
            composition.connect((name, input_name), value)
        return _outputs_of(composition, name, self.definition)


def bind_inputs(
    definition: NodeDefinition, args: Sequence[Any], kwargs: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """Inputs by name from the arguments of a call; inputs that carry no value come last among the positional ones."""
    names = list(definition.positional_inputs)
    others = [name for name, each in definition.ins.items() if name not in names and not each.is_nothing]
    if len(args) > len(names) and len(others) == 1:
        # It can only be meant for the one input that the function takes by keyword alone.
        names = [*names, *others]
    what = f"In {where}, {definition.node_type} {definition.name!r}"
    if len(args) > len(names):
        hint = " Use keyword args instead." if len(definition.ins) > len(names) else ""
        raise InvalidDefinitionError(f"{what} got {len(args)} inputs, but has {len(names)}: {listing(names)}.{hint}")
    bound = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name not in definition.ins:
            raise InvalidDefinitionError(f"{what} has no input {name!r}; it has: {listing(names)}.")
        if name in bound:
            raise InvalidInvocationError(
                f"In {where}, {definition.node_type} {definition.name} got multiple values for argument '{name}'"
            )
        bound[name] = value
    return bound


def _outputs_of(composition: Composition, node: str, definition: NodeDefinition) -> Any:
    outputs = {
        name: (ComposedDynamicOutput if out.is_dynamic else ComposedOutput)(composition, node, name)
        for name, out in definition.outs.items()
    }
    if not outputs:
        return None
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    return _outputs_tuple(definition.name, tuple(outputs))(*outputs.values())


def _outputs_tuple(name: str, fields: tuple[str, ...]) -> Any:
    return namedtuple(f"_{name}_outputs", fields, rename=True)
