"""Composition: calling ops and graphs inside a graph function records nodes instead of running anything."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.spec import IO_MANAGER_KEY_METADATA
from headrace.definitions.graphs.composed import (
    ComposedDynamicOutput,
    ComposedInput,
    ComposedOutput,
    describe,
    is_composed,
)
from headrace.definitions.graphs.node import (
    GraphInput,
    InputAsset,
    InputHandle,
    InputMapping,
    Node,
    NodeDefinition,
    OutputHandle,
    Upstream,
)
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY
from headrace.errors import InvalidDefinitionError

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
        self._pending: dict[str, NodeDefinition] = {}

    @property
    def title(self) -> str:
        """What is being composed, for messages."""
        return f"{self.node_type} {self.name!r}"

    def node_name(self, name: str, alias: str | None) -> str:
        """A name that is still free: the alias, or the definition's name with a number from the second use on."""
        if alias is not None:
            if alias in self.nodes:
                raise InvalidDefinitionError(f"In {self.title}, two nodes are called {alias!r}.")
            return alias
        self._uses[name] = uses = self._uses.get(name, 0) + 1
        while (unique := name if uses == 1 else f"{name}_{uses}") in self.nodes:
            self._uses[name] = uses = uses + 1
        return unique

    def expect_call(self, name: str, definition: NodeDefinition) -> None:
        """Remembers a definition that was given an alias, tags or hooks, and that nobody has called yet."""
        self._pending[name] = definition

    def called(self, name: str) -> None:
        """Forgets it again."""
        self._pending.pop(name, None)

    def warn_of_pending(self) -> None:
        """Tells of what was never called, and so is no part of the graph."""
        for name, definition in self._pending.items():
            warnings.warn(
                f"While composing {self.title}, received an uninvoked {definition.node_type} {name!r}: it was given an alias, tags, "
                "hooks or a retry policy and is no part of the graph until it is called.",
                stacklevel=5,
            )

    def connect(self, handle: InputHandle, value: Any) -> None:
        """Connects an input of a node to what was passed for it."""
        if isinstance(value, ComposedDynamicOutput):
            raise InvalidDefinitionError(
                f"In {self.title}, {handle[0]!r} got the dynamic output {value.output!r} of {value.node!r} for input "
                f"{handle[1]!r}. Dynamic output must be unpacked by invoking map or collect: take its values one by one with "
                ".map(...), or all of them with .collect()."
            )
        if isinstance(value, ComposedOutput):
            self.dependencies[handle] = value.handle_in(self)
        elif isinstance(value, ComposedInput):
            self.input_mappings.append(InputMapping(value.name_in(self), *handle))
        elif (asset := _input_asset(value)) is not None:
            node, name = handle
            self.nodes[node] = replace(self.nodes[node], input_assets={**self.nodes[node].input_assets, name: asset})
        elif isinstance(value, (list, tuple)) and value and not _is_call(value) and all(map(is_composed, value)):
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
        value = getattr(value, "node_def", value)
        if _is_call(value):
            raise InvalidDefinitionError(
                f"In {self.title}, {node!r} got all outputs of one node for input {name!r}: {', '.join(value._fields)}. Pass one of "
                "them, or several in a list."
            )
        if isinstance(value, NodeDefinition):
            raise InvalidDefinitionError(
                f"In {self.title}, {node!r} got the {value.node_type} {value.name!r} itself for input {name!r}; "
                f"call it and pass what it returns: {value.name}(...). Did you forget parentheses?"
            )
        if isinstance(value, list):
            raise InvalidDefinitionError(
                f"In {self.title}, {node!r} got {describe(value)} for input {name!r}. Lists can only contain the output from "
                "previous op invocations or input mappings. Constants belong in config or in default values."
            )
        raise InvalidDefinitionError(
            f"In {self.title}, {node!r} got {describe(value)} for input {name!r}. Must pass the output from previous node "
            "invocations or inputs to the composition function as inputs when invoking nodes during composition. Constants "
            "belong in config or in default values."
        )


def _is_call(value: Any) -> bool:
    """Whether it is what a call of a node with several outputs returned."""
    return isinstance(value, tuple) and hasattr(value, "_fields")


def _input_asset(value: Any) -> InputAsset | None:
    """What an asset that is made elsewhere stands for, when it is passed to a node."""
    key = getattr(value, "key", None)
    if not isinstance(key, AssetKey) or getattr(value, "is_executable", False):
        return None
    if hasattr(value, "io_manager_key_for"):
        return InputAsset(key, value.io_manager_key_for(key), value.specs_by_key.get(key))
    named = value.metadata.get(IO_MANAGER_KEY_METADATA, DEFAULT_IO_MANAGER_KEY)
    return InputAsset(key, getattr(named, "value", named), value)


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
