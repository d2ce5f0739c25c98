"""Handles: the places of nodes in a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class NodeHandle(NamedTuple):
    """The place of a node: its name, and the graph that it is in.

    Attributes:
        name: The node's name in its graph.
        parent: The place of the graph; None at the top level.
    """

    name: str
    parent: NodeHandle | None = None

    @classmethod
    def from_path(cls, path: Sequence[str]) -> NodeHandle:
        """The place at the end of a path of names."""
        handle: NodeHandle | None = None
        for name in path:
            handle = cls(name, handle)
        if handle is None:
            raise ValueError("a path of no names leads nowhere")
        return handle

    @classmethod
    def from_string(cls, text: str) -> NodeHandle:
        """The place that `graph.node` names."""
        return cls.from_path(text.split("."))

    @property
    def path(self) -> list[str]:
        """The names from the top level down."""
        return [*(self.parent.path if self.parent is not None else ()), self.name]

    @property
    def root(self) -> NodeHandle:
        """The place at the top level that it is in."""
        return self if self.parent is None else self.parent.root

    def to_string(self) -> str:
        """The names from the top level down, joined by dots."""
        return ".".join(self.path)

    def is_or_descends_from(self, handle: NodeHandle) -> bool:
        """Whether it is a place, or inside of it."""
        above = handle.path
        return self.path[: len(above)] == above

    def __str__(self) -> str:
        return self.to_string()
