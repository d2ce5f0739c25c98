"""Runtime types: what a value of an input or output must be when it gets there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.ops.type_loader import TypeLoader, any_loader
from headrace.errors import InvalidDefinitionError, InvariantViolationError


@dataclass(frozen=True)
class TypeCheck:
    """What a type check found, for checks that have more to say than yes or no.

    Args:
        success: Whether the value is of the type.
        description: Why not, or what was found.
        metadata: Recorded with the check.
    """

    success: bool
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata))

    def __bool__(self) -> bool:
        return self.success


TypeCheckFn = Callable[[Any, Any], bool | TypeCheck]


class HeadraceType:
    """A type that values are checked against while a job runs.

    Args:
        type_check_fn: Called with a `TypeCheckContext` and the value; returns a bool or a `TypeCheck`.
        key: A unique name; the name when left out.
        name: What people read.
        description: What values of this type are.
        loader: Makes a value from config, for inputs that nothing is connected to.
        required_resource_keys: Resources that the check reads from `context.resources`.
        typing_type: The Python type that it stands for, for readers of signatures.
        metadata: Shown with the type.
    """

    def __init__(
        self,
        type_check_fn: TypeCheckFn,
        key: str | None = None,
        name: str | None = None,
        description: str | None = None,
        loader: TypeLoader | None = None,
        required_resource_keys: Set[str] | None = None,
        typing_type: Any = Any,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        if key is None and name is None:
            raise InvalidDefinitionError("A type needs a name or a key.")
        if loader is not None and not isinstance(loader, TypeLoader):
            raise InvalidDefinitionError(
                f"The loader of type {key or name!r} is {loader!r}; make one with @type_loader, or derive from TypeLoader."
            )
        if not callable(type_check_fn):
            raise InvalidDefinitionError(
                f"The type_check_fn of type {key or name!r} is no function: {type_check_fn!r}."
            )
        self.key: str = key or name or ""
        self.unique_name = name
        self.description = description
        self.loader = loader
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.typing_type = typing_type
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.type_check_fn = type_check_fn

    @property
    def display_name(self) -> str:
        """What people read."""
        return self.unique_name or self.key

    @property
    def has_unique_name(self) -> bool:
        """Whether it was given a name."""
        return self.unique_name is not None

    @property
    def inner_types(self) -> Sequence[HeadraceType]:
        """The types that it is made of."""
        return ()

    @property
    def is_nothing(self) -> bool:
        """Whether this is `Nothing`: an order between steps without a value."""
        return False

    @property
    def is_any(self) -> bool:
        """Whether every value is of this type."""
        return False

    @property
    def is_scalar(self) -> bool:
        """Whether its values are numbers, texts or truth values."""
        return self.typing_type in (int, float, str, bool)

    @property
    def is_configurable(self) -> bool:
        """Whether config can express its values."""
        return self.loader is not None

    def type_check(self, context: Any, value: Any) -> TypeCheck:
        """Checks a value."""
        found = self.type_check_fn(context, value)
        if isinstance(found, TypeCheck):
            return found
        if isinstance(found, bool):
            return TypeCheck(found)
        raise InvariantViolationError(
            f"You have returned {found!r} of type {type(found)} from the type check function of type "
            f'"{self.key}". Return value must be instance of TypeCheck or a bool.'
        )

    def __repr__(self) -> str:
        return f"HeadraceType({self.display_name!r})"


class PythonObjectType(HeadraceType):
    """Values are instances of a Python class.

    Args:
        python_type: The class, or a tuple of them.
        key: A unique name; the class's name when left out.
        name: What people read; the class's name when left out.
        **others: What `HeadraceType` takes besides.
    """

    def __init__(
        self, python_type: type | tuple[type, ...], key: str | None = None, name: str | None = None, **others: Any
    ) -> None:
        classes = python_type if isinstance(python_type, tuple) else (python_type,)
        for each in classes:
            if not isinstance(each, type):
                raise InvalidDefinitionError(f"PythonObjectType: {each!r} is no class.")
        self.python_type = python_type
        names = ", ".join(each.__name__ for each in classes)
        self.type_str = names if len(classes) == 1 else f"Union[{names}]"
        others.setdefault("typing_type", _union_of(classes))
        super().__init__(self._is_instance, key=key, name=name or self.type_str, **others)

    def _is_instance(self, _context: Any, value: Any) -> TypeCheck:
        if isinstance(value, self.python_type):
            return TypeCheck(True)
        expected = self.python_type if isinstance(self.python_type, tuple) else (self.python_type,)
        names = " or ".join(f"{each.__module__}.{each.__qualname__}" for each in expected)
        return TypeCheck(
            False,
            f"Value of type {type(value)} failed type check for type {self.display_name}, "
            f"expected value to be of Python type {names}.",
        )


class _NothingType(HeadraceType):
    """The type of `Nothing`."""

    def __init__(self) -> None:
        super().__init__(_is_none, name="Nothing", typing_type=type(None))

    @property
    def is_nothing(self) -> bool:
        return True

    def __reduce__(self) -> str:
        return "Nothing"


class _AnyType(HeadraceType):
    """The type that says nothing."""

    @property
    def is_any(self) -> bool:
        return True

    def __reduce__(self) -> str:
        return "AnyType"


def mismatch(expected: str, value: Any) -> TypeCheck:
    """A failed check that says what was expected and what came."""
    text = str(value)
    text = text if len(text) <= 100 else f"{text[:97]}..."
    return TypeCheck(False, f'Value "{text}" of python type "{type(value).__name__}" must be a {expected}.')


def _is_none(_context: Any, value: Any) -> TypeCheck:
    return TypeCheck(True) if value is None else TypeCheck(False, f"Value must be None, got a {type(value)}")


def _union_of(classes: Sequence[type]) -> Any:
    return reduce(or_, classes)


Nothing = _NothingType()
AnyType = _AnyType(lambda _context, _value: True, name="Any", loader=any_loader, typing_type=Any)
