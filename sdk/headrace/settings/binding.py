"""Binding a document to dataclasses: every key known, every value of its type, every mistake with its place."""

from __future__ import annotations

import dataclasses
import difflib
import os
import types
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from headrace.errors import InvalidFileError
from headrace.settings.document import Document, Problem, Steps
from headrace.settings.fields import Secret

T = TypeVar("T")

_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path"}


class Binder:
    """Binds parts of one document and collects what is wrong with them.

    A dataclass may have `IGNORED`, keys that are accepted and mean nothing with the reason why, `prepare`, which turns
    another way to write it into the one that its fields have, and `check`, which says what contradicts itself by field.

    Attributes:
        document: The document.
        problems: What is wrong, in the order in which it was found.
        ignored: Keys that were given and mean nothing, by path, and why.
    """

    def __init__(self, document: Document, environ: Mapping[str, str] | None = None) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)
        self.ignored: dict[Steps, str] = {}
        self._environ = os.environ if environ is None else environ

    def problem(self, steps: Steps, message: str) -> None:
        """Notes a mistake at a path."""
        self.problems.append(self.document.problem(steps, message))

    def finish(self) -> None:
        """Ends the binding.

        Raises:
            InvalidFileError: there were problems; the message has a line for each.
        """
        if self.problems:
            ordered = sorted(self.problems, key=lambda problem: (problem.line, problem.column))
            raise InvalidFileError("\n".join(str(problem) for problem in ordered))

    def mapping(self, value: Any, steps: Steps) -> dict[str, Any]:
        """Returns a value that must be a mapping; nothing counts as an empty one."""
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        # Not shown: where keys are expected, what stands there may be a whole URL with its password.
        self.problem(
            steps, f"expected keys with values, got {'a list' if isinstance(value, list) else 'a single value'}"
        )
        return {}

    def known_keys(self, value: Mapping[str, Any], known: Collection[str], steps: Steps) -> None:
        """Notes every key that is not among those known."""
        for key in value:
            if key not in known:
                self.problem((*steps, key), f"unknown key{_instead(key, known)}")

    def bind(self, settings: type[T], value: Any, steps: Steps = ()) -> T:
        """Returns the dataclass `settings` with what a mapping says, and its defaults for the rest.

        Args:
            settings: A dataclass whose fields are made with `setting`.
            value: The mapping.
            steps: Where it stands.
        """
        given = getattr(settings, "prepare", _as_it_is)(self.mapping(value, steps))
        fields = {field.metadata.get("key") or field.name: field for field in dataclasses.fields(settings)}  # type: ignore[arg-type]
        ignored: Mapping[str, str] = getattr(settings, "IGNORED", {})
        self.known_keys(given, [*fields, *ignored], steps)
        self.ignored.update({(*steps, key): ignored[key] for key in given if key in ignored})
        hints = _hints(settings)  # type: ignore[arg-type]
        bound: dict[str, Any] = {}
        for key, field in fields.items():
            if key in given:
                found = self.value(
                    hints[field.name], given[key], (*steps, key), field.metadata.get("least"), _default(field)
                )
                if found is not _WRONG:
                    bound[field.name] = found
        made = settings(**bound)
        # What is no mapping at all has been told already; what follows from it need not be.
        contradictions: Mapping[str, str] = (
            getattr(made, "check", dict)() if isinstance(value, (dict, type(None))) else {}
        )
        for name, message in contradictions.items():
            self.problem((*steps, name), message)
        return made

    def value(self, kind: Any, value: Any, steps: Steps, least: float | None = None, default: Any = None) -> Any:
        """Returns `value` as `kind`, or `_WRONG` after noting what would be right."""
        if kind is Any:
            return value
        if get_origin(kind) in (Union, types.UnionType):
            return self._optional(kind, value, steps, least)
        if dataclasses.is_dataclass(kind) and kind is not Secret:
            return self._nested(kind, value, steps, default)
        if kind is Secret:
            return self._secret(value, steps)
        if get_origin(kind) is tuple:
            return self._sequence(get_args(kind)[0], value, steps)
        if (
            get_origin(kind) is not None
            and isinstance(get_origin(kind), type)
            and issubclass(get_origin(kind), Mapping)
        ):
            return self._free_mapping(get_args(kind)[1], value, steps)
        resolved = self._resolved(value, steps)
        return resolved if resolved is _WRONG else self._scalar(kind, resolved, steps, least)

    def _optional(self, kind: Any, value: Any, steps: Steps, least: float | None) -> Any:
        if value is None:
            return None
        (inner,) = (each for each in get_args(kind) if each is not type(None))
        return self.value(inner, value, steps, least)

    def _nested(self, kind: Any, value: Any, steps: Steps, default: Any) -> Any:
        bound = self.bind(kind, value, steps)
        if not isinstance(default, kind) or not isinstance(value, dict):
            return bound
        # A field's own default may differ from its class's: what the file leaves out is taken from the field's.
        keys = {field.metadata.get("key") or field.name: field.name for field in dataclasses.fields(kind)}
        return dataclasses.replace(
            default, **{name: getattr(bound, name) for key, name in keys.items() if key in value}
        )

    def _sequence(self, kind: Any, value: Any, steps: Steps) -> Any:
        if not isinstance(value, list):
            self.problem(steps, f"expected a list, got {_described(value)}")
            return _WRONG
        found = [self.value(kind, item, (*steps, index)) for index, item in enumerate(value)]
        return tuple(item for item in found if item is not _WRONG)

    def _free_mapping(self, kind: Any, value: Any, steps: Steps) -> Any:
        found = {key: self.value(kind, item, (*steps, key)) for key, item in self.mapping(value, steps).items()}
        return {key: item for key, item in found.items() if item is not _WRONG}

    def _secret(self, value: Any, steps: Steps) -> Any:
        name = _environment_name(value)
        if name:
            return Secret(env=name)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return Secret(value=str(value))
        self.problem(steps, "expected text, or env: and the name of an environment variable")
        return _WRONG

    def _resolved(self, value: Any, steps: Steps) -> Any:
        name = _environment_name(value)
        if not name:
            return value
        if name not in self._environ:
            self.problem(steps, f"the environment variable {name} is not set")
            return _WRONG
        return self._environ[name]

    def _scalar(self, kind: Any, value: Any, steps: Steps, least: float | None) -> Any:
        if get_origin(kind) is Literal:
            if value in get_args(kind):
                return value
            self.problem(steps, f"expected {' or '.join(get_args(kind))}, got {_described(value)}")
            return _WRONG
        found = _converted(kind, value)
        if found is _WRONG:
            self.problem(steps, f"expected {_NAMES[kind]}, got {_described(value)}")
        elif least is not None and found < least:
            self.problem(steps, f"must be at least {least:g}, got {found}")
            return _WRONG
        return found


_WRONG: Any = object()


def _converted(kind: Any, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser() if isinstance(value, str) and value else _WRONG
    if kind is str:
        return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else _WRONG
    if kind is bool:
        return {"true": True, "false": False}.get(str(value).lower(), _WRONG)
    if isinstance(value, bool):
        return _WRONG
    # Text is a number only when it came from the environment, where everything is text.
    try:
        return kind(value) if kind(value) == float(value) else _WRONG
    except (TypeError, ValueError):
        return _WRONG


def _environment_name(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"env"} and isinstance(value["env"], str):
        return value["env"]
    return ""


def _as_it_is(value: T) -> T:
    return value


def _default(field: dataclasses.Field[Any]) -> Any:
    return None if field.default is dataclasses.MISSING else field.default


@cache
def _hints(settings: Any) -> dict[str, Any]:
    return get_type_hints(settings)


def _described(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return f"keys ({', '.join(map(str, value))})" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list"
    return repr(value)


def _instead(key: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known here: {', '.join(sorted(known))}" if known else "; nothing is expected here"
