"""What is wrong with config: where, what, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True)
class ConfigIssue:
    """One thing that is wrong.

    Attributes:
        path: The way from the root of the config to the place.
        message: What is wrong there and what would be right.
        kind: `type`, `missing`, `unknown`, `selector`, `value` or `env`.
    """

    path: Path
    message: str
    kind: str = "type"

    @property
    def where(self) -> str:
        """The path as people read it: `root:ops:my_op:config:n`."""
        return ":".join(("root", *self.path))

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass
class Report:
    """Collects issues, so that all of them are told at once."""

    issues: list[ConfigIssue] = field(default_factory=list)

    def add(self, path: Path, message: str, kind: str = "type") -> None:
        """Notes an issue."""
        self.issues.append(ConfigIssue(path, message, kind))


def describe(value: Any) -> str:
    """A value and its type, short enough for a message."""
    text = repr(value)
    text = text if len(text) <= 80 else f"{text[:77]}..."
    return f"{text} ({type(value).__name__})"
