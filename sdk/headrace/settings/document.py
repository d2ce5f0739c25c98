"""A document of settings, and where in its file each value stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace.errors import InvalidFileError

if TYPE_CHECKING:
    import yaml

Steps = tuple[str | int, ...]

_PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file; line and column count from 1, 0 where the format does not tell."""

    file: str
    line: int
    column: int
    steps: Steps
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = dotted(self.steps)
        return f"{place}: {path}: {self.message}" if path else f"{place}: {self.message}"


@dataclass(frozen=True)
class Document:
    """A parsed file.

    Attributes:
        file: Its name, for messages.
        data: What it says, as plain values.
        places: Line and column by path; a mapping's entry stands where its key does.
        problems: Mistakes that a parser found and could go on from.
    """

    file: str
    data: Any
    places: Mapping[Steps, tuple[int, int]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def problem(self, steps: Steps, message: str) -> Problem:
        """Returns a problem at that path, or at the nearest one above that has a place."""
        near = steps
        while near and near not in self.places:
            near = near[:-1]
        line, column = self.places.get(near, (0, 0))
        return Problem(self.file, line, column, steps, message)


def dotted(steps: Steps) -> str:
    """Returns a path as people write it: `load_from[0].python_file`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_text(path: Path) -> str:
    """Returns a file's text.

    Raises:
        InvalidFileError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidFileError(f"{path}: not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise InvalidFileError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_yaml(path: Path) -> Document:
    """Reads a YAML file; an empty one is an empty mapping.

    Raises:
        InvalidFileError: it cannot be read, or is no YAML.
    """
    return parse_yaml(read_text(path), str(path))


def parse_yaml(text: str, file: str) -> Document:
    """Reads YAML from a string; an empty one is an empty mapping.

    Raises:
        InvalidFileError: it is no YAML.
    """
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is None:
            return Document(file, {})
        return _Walk(loader, file).document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = " ".join(part for part in (error.context, error.problem) if part)
        raise InvalidFileError(str(Problem(file, line, column, (), f"not YAML: {message}"))) from error
    except yaml.YAMLError as error:
        raise InvalidFileError(f"{file}: not YAML: {error}") from error


class _Walk:
    """Turns a YAML tree into plain values and notes where each stood."""

    def __init__(self, loader: yaml.SafeLoader, file: str) -> None:
        self._loader = loader
        self._file = file
        self._places: dict[Steps, tuple[int, int]] = {}
        self._problems: list[Problem] = []

    def document(self, root: Any) -> Document:
        data = self._value(root, ())
        return Document(self._file, data, self._places, tuple(self._problems))

    def _value(self, node: Any, steps: Steps) -> Any:
        self._places.setdefault(steps, _place(node))
        if node.id != "scalar" and node.tag not in _PLAIN_TAGS:
            line, column = _place(node)
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._problems.append(Problem(self._file, line, column, steps, f"the tag {tag} means nothing here"))
        if node.id == "mapping":
            return self._mapping(node, steps)
        if node.id == "sequence":
            return [self._value(item, (*steps, index)) for index, item in enumerate(node.value)]
        return self._loader.construct_object(node, deep=True)

    def _mapping(self, node: Any, steps: Steps) -> dict[str, Any]:
        own = {key.value for key, _ in node.value if key.id == "scalar"}
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.id == "scalar":
                line, column = _place(key)
                message = "this key stands twice; remove one"
                self._problems.append(Problem(self._file, line, column, (*steps, key.value), message))
            seen.add(key.value if key.id == "scalar" else "")
        self._loader.flatten_mapping(node)
        values: dict[str, Any] = {}
        for key, value in node.value:
            # As it is written: YAML would make a boolean of a key such as `on`.
            name = str(key.value)
            at = (*steps, name)
            if name in own:
                self._places[at] = _place(key)
            values[name] = self._value(value, at)
        return values


def _place(node: Any) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
