"""What stands for values while a graph function runs: outputs of nodes and inputs of the graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headrace.definitions.graphs.node import OutputHandle
from headrace.errors import InvalidDefinitionError, InvariantViolationError

if TYPE_CHECKING:
    from headrace.definitions.graphs.composition import Composition


@dataclass(frozen=True)
class ComposedOutput:
    """What a call inside a graph function returns for one output."""

    composition: Composition
    node: str
    output: str
    collected: bool = False

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
        raise InvariantViolationError(
            f"In {self.composition.title}, alias was called on an output of {self.node!r}, so after the call. Consider checking the "
            f"location of parentheses: {self.node}.alias('…')(…)."
        )

    def __iter__(self) -> Iterator[Any]:
        raise InvariantViolationError(
            f"In {self.composition.title}, the one output {self.output!r} of {self.node!r} was unpacked; "
            "declare several outputs with out={...}, or a DynamicOut to map over."
        )

    def __getitem__(self, index: object) -> Any:
        raise InvariantViolationError(
            f"In {self.composition.title}, output {self.output!r} of {self.node!r} was indexed with {index!r}; "
            "inside a graph there are no values yet. Index inside an op."
        )


class ComposedDynamicOutput(ComposedOutput):
    """What a call inside a graph function returns for a dynamic output."""

    def map(self, function: Any) -> Any:
        """Applies ops to each value; returns what the function returns, still one for each value."""
        mapped = function(ComposedOutput(self.composition, self.node, self.output))
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
    raise InvalidDefinitionError(f"The function given to map returned {mapped!r}; it must return outputs of ops.")


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


def is_composed(value: Any) -> bool:
    """Whether it stands for a value."""
    return isinstance(value, (ComposedOutput, ComposedInput))


def describe(value: Any) -> str:
    """A value and its type, for messages."""
    return f"{value!r} of type {type(value).__name__}"
