"""What docstrings say: of a function, of its parameters, and of what it returns.

Sections are read in the ways in which they are written most: Google's (`Args:`), NumPy's (underlined `Parameters`), and
fields (`:param name:`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_PARAMETERS = frozenset({"args", "arguments", "parameters", "params", "other parameters"})
_RETURNS = frozenset({"returns", "return", "yields", "yield"})
_HEADING = re.compile(r"^(\w[\w ]*):\s*$")
_UNDERLINE = re.compile(r"^-{3,}\s*$")
_ENTRY = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_NUMPY_ENTRY = re.compile(r"^\*{0,2}(\w+)\s*(?::.*)?$")
_FIELD = re.compile(r"^:(param|parameter|arg|returns?|yields?)(?:\s+[^:]*?(\w+))?\s*:\s*(.*)$")


@dataclass(frozen=True)
class Described:
    """What a docstring says.

    Attributes:
        parameters: Of each parameter that it mentions.
        returns: Of what is returned or yielded.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    returns: str | None = None


def docstring_of(function: Callable[..., Any]) -> str | None:
    """A function's docstring without its indentation."""
    return inspect.cleandoc(function.__doc__) if function.__doc__ else None


def described(function: Callable[..., Any]) -> Described:
    """What a function's docstring says of its parameters and of what it returns."""
    text = inspect.cleandoc(function.__doc__ or "")
    if not (":" in text or "---" in text):
        return _NOTHING
    parameters: dict[str, str] = {}
    returns: list[str] = []
    lines = text.split("\n")
    for heading, numpy, body in _sections(lines):
        if heading in _PARAMETERS:
            parameters.update(_entries(body, _NUMPY_ENTRY if numpy else _ENTRY))
        elif heading in _RETURNS:
            returns.append(_returned(body, numpy))
    for name, said in _fields(lines):
        if name is None:
            returns.append(said)
        else:
            parameters[name] = said
    return Described(parameters, next(filter(None, returns), None))


def _sections(lines: Sequence[str]) -> Iterator[tuple[str, bool, list[str]]]:
    """Headings, whether they are underlined, and the lines below each of them."""
    for number, line in enumerate(lines):
        heading = _HEADING.match(line)
        if heading is not None:
            yield heading[1].lower(), False, list(_indented(lines[number + 1 :]))
        elif number + 1 < len(lines) and _UNDERLINE.match(lines[number + 1]):
            yield line.strip().lower(), True, list(_until_next(lines[number + 2 :]))


def _indented(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if line.strip() and not line[0].isspace():
            return
        yield line


def _until_next(lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number + 1 < len(lines) and _UNDERLINE.match(lines[number + 1]):
            return
        yield line


def _entries(body: Sequence[str], entry: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Names and what is said of them; lines that are indented further belong to the name above."""
    outer = min((_indent(line) for line in body if line.strip()), default=0)
    name, said = "", list[str]()
    for line in body:
        found = entry.match(line.strip()) if line.strip() and _indent(line) == outer else None
        if found is not None:
            if name:
                yield name, _joined(said)
            name, said = found[1], list(found.groups()[1:])
        elif line.strip():
            said.append(line)
    if name:
        yield name, _joined(said)


def _returned(body: Sequence[str], numpy: bool) -> str:
    lines = [line for line in body if line.strip()]
    if not lines:
        return ""
    if numpy:
        inner = [line for line in lines if _indent(line) > _indent(lines[0])]
        return _joined(inner)
    typed = re.match(r"^[\w.\[\], |]+:\s+(.*)$", lines[0].strip())
    return _joined([typed[1] if typed else lines[0], *lines[1:]])


def _fields(lines: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    for number, line in enumerate(lines):
        found = _FIELD.match(line.strip())
        if found is not None:
            more = list(_indented(lines[number + 1 :])) if number + 1 < len(lines) else []
            said = _joined([found[3], *(each for each in more if not _FIELD.match(each.strip()))])
            yield (found[2] if found[1].startswith(("param", "arg")) else None), said


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


_NOTHING = Described()
