"""Composition: calling ops and graphs inside a graph function records nodes instead of running anything."""

from __future__ import annotations

import threading
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from headrace.definitions.naming import check_name
from headrace.definitions.node import (
    GraphInput,
    InputHandle,
    InputMapping,
    Node,
    NodeDefinition,
    OutputHandle,
    OutputMapping,
    Upstream,
)
from headrace.definitions.outputs import DEFAULT_OUTPUT
from headrace.definitions.retries import RetryPolicy
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError, InvalidInvocationError

_active = threading.local()


class Composition:
    """What a graph function has recorded so far."""

    def __init__(self, name: str, node_type: str) -> None:
        self.name = name
        self.node_type = node_type
        self.nodes: dict[str, Node] = {}
        self.dependencies: dict[InputHandle, Upstream] = {}
        self.input_mappings: list[InputMapping] = []
        self._uses: dict[str, int] = {}

    @property
    def title(self) -> str:
        """What is being composed, for messages."""
        return f"{self.node_type} {self.name!r}"

    def node_name(self, invocation: Invocation) -> str:
        """A name that is still free: the alias, or the definition's name with a number from the second use on."""
        if invocation.alias is not None:
            if invocation.alias in self.nodes:
                raise InvalidDefinitionError(f"In {self.title}, two nodes are called {invocation.alias!r}.")
            return invocation.alias
        name = invocation.definition.name
        self._uses[name] = uses = self._uses.get(name, 0) + 1
        while (unique := name if uses == 1 else f"{name}_{uses}") in self.nodes:
            self._uses[name] = uses = uses + 1
        return unique

    def connect(self, handle: InputHandle, value: Any) -> None:
        """Connects an input of a node to what was passed for it."""
        if isinstance(value, ComposedOutput):
            self.dependencies[handle] = value.handle_in(self)
        elif isinstance(value, ComposedInput):
            self.input_mappings.append(InputMapping(value.name_in(self), *handle))
        elif isinstance(value, (list, tuple)) and value and all(map(_is_composed, value)):
            self.dependencies[handle] = self._fan_in(handle, value)
        else:
            self._refuse(handle, value)

    def _fan_in(self, handle: InputHandle, values: Sequence[Any]) -> list[OutputHandle | GraphInput]:
        upstream: list[OutputHandle | GraphInput] = []
        for index, value in enumerate(values):
            if isinstance(value, ComposedInput):
                self.input_mappings.append(InputMapping(value.name_in(self), *handle, fan_in_index=index))
                upstream.append(GraphInput(value.name))
            else:
                upstream.append(value.handle_in(self))
        return upstream

    def _refuse(self, handle: InputHandle, value: Any) -> NoReturn:
        node, name = handle
        if isinstance(value, NodeDefinition):
            raise InvalidInvocationError(
                f"In {self.title}, {node!r} got the {value.node_type} {value.name!r} itself for input {name!r}; "
                f"call it and pass what it returns: {value.name}(...)."
            )
        raise InvalidInvocationError(
            f"In {self.title}, {node!r} got {_describe(value)} for input {name!r}; pass one output of a node, a list "
            "of outputs, or an input of the graph. Constants belong in config or in default values."
        )


@dataclass(frozen=True)
class ComposedOutput:
    """What a call inside a graph function returns for one output."""

    composition: Composition
    node: str
    output: str
    collected: bool = False
    dynamic: bool = False

    def handle_in(self, composition: Composition) -> OutputHandle:
        """The handle of this output; refuses one that belongs to another graph."""
        if self.composition is not composition:
            raise InvalidDefinitionError(
                f"In {composition.title}, output {self.output!r} of {self.node!r} is used, "
                f"which belongs to {self.composition.title}."
            )
        return OutputHandle(self.node, self.output, self.collected)

    def alias(self, _name: str) -> Any:
        """Refuses: an alias belongs before the call."""
        raise InvalidInvocationError(f"Use alias before the call: {self.node}.alias('…')(…).")

    def __iter__(self) -> Iterator[Any]:
        raise InvalidInvocationError(
            f"In {self.composition.title}, the one output {self.output!r} of {self.node!r} was unpacked; "
            "declare several outputs with out={...}, or a DynamicOut to map over."
        )

    def __getitem__(self, index: object) -> Any:
        raise InvalidInvocationError(
            f"In {self.composition.title}, output {self.output!r} of {self.node!r} was indexed with {index!r}; "
            "inside a graph there are no values yet. Index inside an op."
        )


class ComposedDynamicOutput(ComposedOutput):
    """What a call inside a graph function returns for a dynamic output."""

    def map(self, function: Any) -> Any:
        """Applies ops to each value; returns what the function returns, still one for each value."""
        mapped = function(ComposedOutput(self.composition, self.node, self.output, dynamic=True))
        return _as_dynamic(mapped)

    def collect(self) -> ComposedOutput:
        """All values as one list."""
        return ComposedOutput(self.composition, self.node, self.output, collected=True)


def _as_dynamic(mapped: Any) -> Any:
    if isinstance(mapped, ComposedOutput):
        return ComposedDynamicOutput(mapped.composition, mapped.node, mapped.output)
    if isinstance(mapped, tuple):
        parts = [_as_dynamic(each) for each in mapped]
        return type(mapped)(*parts) if hasattr(mapped, "_fields") else tuple(parts)
    if mapped is None:
        return None
    raise InvalidInvocationError(f"The function given to map returned {mapped!r}; it must return outputs of ops.")


@dataclass(frozen=True)
class ComposedInput:
    """What a graph function gets for an input of the graph."""

    composition: Composition
    name: str

    def name_in(self, composition: Composition) -> str:
        """The input's name; refuses one that belongs to another graph."""
        if self.composition is not composition:
            raise InvalidDefinitionError(
                f"In {composition.title}, input {self.name!r} is used, which belongs to {self.composition.title}."
            )
        return self.name


@dataclass(frozen=True)
class Invocation:
    """A definition about to be placed in a graph, with what is set for this one use."""

    definition: NodeDefinition
    alias: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    retry_policy: RetryPolicy | None = None

    def with_alias(self, name: str) -> Invocation:
        """The same, under another name."""
        return replace(self, alias=check_name(name, f"An alias of {self.definition.name!r}"))

    def with_tags(self, tags: Mapping[str, Any]) -> Invocation:
        """The same, with more tags."""
        added = normalize_tags(tags, f"The tags of a use of {self.definition.name!r}")
        return replace(self, tags={**self.tags, **added})

    def with_changes(self, **changes: Any) -> Invocation:
        """The same, with other fields replaced."""
        return replace(self, **changes)

    def place(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Adds a node to the graph that is being composed and connects its inputs."""
        composition = current_composition()
        if composition is None:
            raise InvalidInvocationError(
                f"{self.definition.node_type.capitalize()} {self.definition.name!r} with an alias, tags or a "
                "retry policy can only be called inside a @job or @graph function."
            )
        inputs = bind_inputs(self.definition, args, kwargs, composition.title)
        name = composition.node_name(self)
        composition.nodes[name] = Node(name, self.definition, self.tags, self.retry_policy)
        for input_name, value in inputs.items():
            composition.connect((name, input_name), value)
        return _outputs_of(composition, name, self.definition)


def bind_inputs(
    definition: NodeDefinition, args: Sequence[Any], kwargs: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """Inputs by name from the arguments of a call; inputs that carry no value come last among the positional ones."""
    names = [name for name, each in definition.ins.items() if not each.is_nothing]
    names += [name for name, each in definition.ins.items() if each.is_nothing]
    what = f"In {where}, {definition.node_type} {definition.name!r}"
    if len(args) > len(names):
        raise InvalidInvocationError(f"{what} got {len(args)} inputs, but has {len(names)}: {_listing(names)}.")
    bound = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name not in definition.ins:
            raise InvalidInvocationError(f"{what} has no input {name!r}; it has: {_listing(names)}.")
        if name in bound:
            raise InvalidInvocationError(f"{what} got input {name!r} twice.")
        bound[name] = value
    return bound


def current_composition() -> Composition | None:
    """The composition whose function is running in this thread."""
    stack: list[Composition] | None = getattr(_active, "stack", None)
    return stack[-1] if stack else None


@contextmanager
def composing(name: str, node_type: str) -> Iterator[Composition]:
    """Records what is called inside the block."""
    stack: list[Composition] = _active.__dict__.setdefault("stack", [])
    composition = Composition(name, node_type)
    stack.append(composition)
    try:
        yield composition
    finally:
        stack.pop()


def output_mappings_of(composition: Composition, returned: Any, names: Sequence[str] | None) -> list[OutputMapping]:
    """Output mappings from what a graph function returned.

    Args:
        composition: What it recorded.
        returned: An output, several outputs as a tuple or dict, or nothing.
        names: The graph's declared outputs; None if it declares none.
    """
    if returned is None:
        if names:
            raise InvalidDefinitionError(f"{composition.title} declares {_listing(names)}, but returned nothing.")
        return []
    outputs = _named_outputs(composition, returned, names)
    if names is not None and set(outputs) != set(names):
        raise InvalidDefinitionError(
            f"{composition.title} declares {_listing(names)}, but returned {_listing(list(outputs))}."
        )
    return [_output_mapping(composition, name, value) for name, value in outputs.items()]


def _named_outputs(composition: Composition, returned: Any, names: Sequence[str] | None) -> dict[str, Any]:
    if isinstance(returned, ComposedOutput):
        return {names[0] if names and len(names) == 1 else DEFAULT_OUTPUT: returned}
    if isinstance(returned, dict):
        return dict(returned)
    if isinstance(returned, tuple) and all(isinstance(each, ComposedOutput) for each in returned):
        if names is None:
            return (
                {each.output: each for each in returned} if len({e.output for e in returned}) == len(returned) else {}
            )
        if len(names) == len(returned):
            return dict(zip(names, returned, strict=True))
        raise InvalidDefinitionError(
            f"{composition.title} declares {len(names)} outputs, but returned {len(returned)}."
        )
    raise InvalidDefinitionError(
        f"{composition.title} returned {_describe(returned)}; return an output of a node, a tuple of them, "
        "a dict of them by output name, or nothing."
    )


def _output_mapping(composition: Composition, name: str, value: Any) -> OutputMapping:
    if not isinstance(value, ComposedOutput):
        raise InvalidDefinitionError(
            f"{composition.title} returned {_describe(value)} for output {name!r}; return an output of a node."
        )
    handle = value.handle_in(composition)
    return OutputMapping(name, handle.node, handle.output)


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


def _is_composed(value: Any) -> bool:
    return isinstance(value, (ComposedOutput, ComposedInput))


def _describe(value: Any) -> str:
    return f"{value!r} of type {type(value).__name__}"


def _listing(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none"
