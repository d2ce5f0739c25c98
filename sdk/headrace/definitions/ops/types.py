"""Runtime types: what a value of an input or output must be when it gets there."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class TypeCheck:
    """What a type check found, for checks that have more to say than yes or no."""

    success: bool
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.success


TypeCheckFn = Callable[[Any, Any], bool | TypeCheck]


class HeadraceType:
    """A type that values are checked against while a job runs.

    Args:
        type_check_fn: Called with a context and the value; returns a bool or a `TypeCheck`.
        key: A unique name; the name when left out.
        name: What people read.
        description: What values of this type are.
        loader: Makes a value from config, for inputs that nothing is connected to.
        required_resource_keys: Resources that the check needs.
        typing_type: The Python type that it stands for, for readers of signatures.
        metadata: Shown with the type.
    """

    def __init__(
        self,
        type_check_fn: TypeCheckFn,
        key: str | None = None,
        name: str | None = None,
        description: str | None = None,
        loader: Any = None,
        required_resource_keys: Set[str] | None = None,
        typing_type: Any = Any,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        if key is None and name is None:
            raise InvalidDefinitionError("A type needs a name or a key.")
        self.key: str = key or name or ""
        self.unique_name = name
        self.description = description
        self.loader = loader
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.typing_type = typing_type
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self._type_check_fn = type_check_fn

    @property
    def display_name(self) -> str:
        """What people read."""
        return self.unique_name or self.key

    @property
    def is_nothing(self) -> bool:
        """Whether this is `Nothing`: an order between steps without a value."""
        return False

    @property
    def is_configurable(self) -> bool:
        """Whether config can express its values."""
        return self.loader is not None or _is_plain(self.typing_type)

    def type_check(self, context: Any, value: Any) -> TypeCheck:
        """Checks a value."""
        found = self._type_check_fn(context, value)
        if isinstance(found, TypeCheck):
            return found
        if isinstance(found, bool):
            return TypeCheck(found)
        raise InvalidDefinitionError(
            f"The check of type {self.display_name!r} returned {found!r}; it must return a bool or a TypeCheck."
        )

    def __repr__(self) -> str:
        return f"HeadraceType({self.display_name!r})"


class PythonObjectType(HeadraceType):
    """Values are instances of a Python class.

    Args:
        python_type: The class, or a tuple of them.
        key: A unique name; the class's name when left out.
        name: What people read; the class's name when left out.
        description: What values of this type are.
        loader: Makes a value from config.
        metadata: Shown with the type.
    """

    def __init__(
        self,
        python_type: type | tuple[type, ...],
        key: str | None = None,
        name: str | None = None,
        description: str | None = None,
        loader: Any = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.python_type = python_type
        self.type_str = _class_names(python_type)
        super().__init__(
            self._is_instance,
            key=key,
            name=name or self.type_str,
            description=description,
            loader=loader,
            typing_type=python_type,
            metadata=metadata,
        )

    def _is_instance(self, _context: Any, value: Any) -> TypeCheck:
        if isinstance(value, self.python_type):
            return TypeCheck(True)
        return TypeCheck(False, f"Expected a value of type {self.type_str}, got {_shorten(value)}.")


class _NothingType(HeadraceType):
    """The type of `Nothing`."""

    def __init__(self) -> None:
        super().__init__(lambda _context, value: value is None, name="Nothing", typing_type=type(None))

    @property
    def is_nothing(self) -> bool:
        return True

    def __reduce__(self) -> str:
        return "Nothing"


Nothing = _NothingType()
AnyType = HeadraceType(lambda _context, _value: True, name="Any", typing_type=Any)


_PLAIN = (Any, int, float, str, bool, list, dict, type(None))


def _is_plain(annotation: Any) -> bool:
    """Whether JSON has values of this type."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, list, dict, typing.Literal):
        return all(_is_plain(each) or not isinstance(each, type) for each in typing.get_args(annotation))
    return annotation in _PLAIN


def mismatch(expected: str, value: Any) -> TypeCheck:
    """A failed check that says what was expected and what came."""
    return TypeCheck(False, f"Expected {expected}, got {_shorten(value)}.")


def _class_names(python_type: type | tuple[type, ...]) -> str:
    if isinstance(python_type, tuple):
        return " | ".join(each.__name__ for each in python_type)
    return python_type.__name__


def _shorten(value: Any) -> str:
    text = repr(value)
    text = text if len(text) <= 100 else f"{text[:97]}..."
    return f"{text} of type {type(value).__name__}"
