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
        message: What is wrong, where, and what would be right.
        kind: `type`, `missing`, `unknown`, `selector`, `value` or `env`.
    """

    path: Path
    message: str
    kind: str = "type"

    @property
    def where(self) -> str:
        """The path as people read it: `root:ops:my_op:config:days[0]`."""
        return joined(self.path)

    def __str__(self) -> str:
        return self.message


@dataclass
class Report:
    """Collects issues, so that all of them are told at once."""

    issues: list[ConfigIssue] = field(default_factory=list)

    def add(self, path: Path, message: str, kind: str = "type") -> None:
        """Notes an issue."""
        self.issues.append(ConfigIssue(path, message, kind))


def at(path: Path) -> str:
    """A place in a sentence: `at the root`, or `at path root:ops:my_op:config`."""
    return f"at path {joined(path)}" if path else "at the root"


def joined(path: Path) -> str:
    """A path as people read it: `root:ops:my_op:config:days[0]`."""
    return "root" + "".join(part if part.startswith("[") else f":{part}" for part in path)


def describe(value: Any) -> str:
    """A value and its type, short enough for a message."""
    return f"{shorten(repr(value))} ({type(value).__name__})"


def shorten(value: object) -> str:
    """A value's text, short enough for a message."""
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
