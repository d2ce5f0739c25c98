"""Classes of the user as types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from headrace.definitions.ops.type_inference import register_python_type, runtime_type
from headrace.definitions.ops.type_loader import TypeLoader
from headrace.definitions.ops.types import HeadraceType, PythonObjectType, TypeCheck

T = TypeVar("T", bound=type)


@overload
def usable_as_type(name: T) -> T: ...


@overload
def usable_as_type(
    name: str | None = ..., description: str | None = ..., loader: TypeLoader | None = ...
) -> Callable[[T], T]: ...


def usable_as_type(
    name: T | str | None = None, description: str | None = None, loader: TypeLoader | None = None
) -> T | Callable[[T], T]:
    """Gives a class a name, a description and a loader as a type; annotations with the class mean that type.

    Args:
        name: What people read; the class's name when left out.
        description: What its instances are.
        loader: Makes an instance from config, for inputs that nothing is connected to.
    """

    def register(python_type: T) -> T:
        own_name = name if isinstance(name, str) else python_type.__name__
        register_python_type(
            python_type, PythonObjectType(python_type, name=own_name, description=description, loader=loader)
        )
        return python_type

    return register(name) if isinstance(name, type) else register


def check_type(dagster_type: Any, value: Any) -> TypeCheck:
    """Checks a value against a type, as a test does.

    Args:
        dagster_type: A `HeadraceType`, or a Python type.
        value: The value.
    """
    declared: HeadraceType = runtime_type(dagster_type)
    return declared.type_check(None, value)
