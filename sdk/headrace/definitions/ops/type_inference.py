"""From Python annotations to runtime types."""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Any, Union

from headrace.config import types as config_types
from headrace.definitions.ops.container_types import dict_type, optional_type, sequence_type, tuple_type, union_type
from headrace.definitions.ops.type_loader import open_dict_loader, scalar_loader
from headrace.definitions.ops.types import AnyType, HeadraceType, Nothing, PythonObjectType, TypeCheck, mismatch
from headrace.errors import InvalidDefinitionError

_GENERATORS = (
    collections.abc.Generator,
    collections.abc.Iterator,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterator,
)


def register_python_type(python_type: type, dagster_type: HeadraceType) -> None:
    """Makes annotations with this class mean this type.

    Args:
        python_type: The class.
        dagster_type: The type.
    """
    if not isinstance(dagster_type, HeadraceType):
        raise InvalidDefinitionError(f"{dagster_type!r} is no HeadraceType.")
    known = _registered.get(python_type)
    if known is not None and known is not dagster_type:
        raise InvalidDefinitionError(
            f"{python_type} stands for the type {known.display_name!r} already, so it cannot stand for "
            f"{dagster_type.display_name!r} as well."
        )
    _registered[python_type] = _known[python_type] = dagster_type


def runtime_type(annotation: Any) -> HeadraceType:
    """The runtime type that an annotation stands for.

    Annotations that say nothing checkable (type variables, protocols) stand for `Any`.
    """
    if isinstance(annotation, HeadraceType):
        return annotation
    if isinstance(annotation, config_types.Scalar):
        return _SCALARS[annotation.name]
    try:
        known = _known.get(annotation)
    except TypeError:
        return _unhashable(annotation)
    if known is None:
        known = _known[annotation] = _infer(annotation)
    return known


def _unhashable(annotation: Any) -> HeadraceType:
    if typing.get_origin(annotation) is not None:
        return _infer(annotation)
    raise InvalidDefinitionError(
        f"{_INVALID}: got {annotation!r}, which isn't hashable. Did you pass an instance of a type instead of the type?"
    )


_INVALID = "Invalid type: dagster_type must be an instance of HeadraceType or a Python type"


def _infer(annotation: Any) -> HeadraceType:
    if annotation is None or annotation is type(None):
        return Nothing
    if annotation is Any:
        return AnyType
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is None:
        return _plain_type(annotation)
    if origin is typing.Annotated:
        return runtime_type(arguments[0])
    if origin in (Union, types.UnionType):
        return _union(annotation, arguments)
    if origin is typing.Literal:
        return _literal(annotation, arguments)
    if not arguments:
        return runtime_type(origin)
    return _generic(annotation, origin, arguments)


def _plain_type(annotation: Any) -> HeadraceType:
    if isinstance(annotation, type):
        return _class_type(annotation)
    if type(annotation).__module__ in ("typing", "typing_extensions"):
        return AnyType
    raise InvalidDefinitionError(f"{_INVALID}: got {annotation}.")


def _class_type(python_type: type) -> HeadraceType:
    if python_type is object or python_type in _GENERATORS or getattr(python_type, "_is_protocol", False):
        return AnyType
    if typing.is_typeddict(python_type):
        return PythonObjectType(dict, key=python_type.__name__, name=python_type.__name__)
    return PythonObjectType(python_type)


def _generic(annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> HeadraceType:
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return tuple_type([_member(each) for each in arguments], annotation)
    if origin in (list, set, frozenset, tuple):
        return sequence_type(origin, _member(arguments[0]), annotation)
    if origin is dict:
        return dict_type(_member(arguments[0]), _member(arguments[1]), annotation)
    return _class_type(origin) if isinstance(origin, type) else AnyType


def _member(annotation: Any) -> HeadraceType:
    """In a container, None is a value like any other and not the absence of an output."""
    return _NONE if annotation is None or annotation is type(None) else runtime_type(annotation)


def _union(annotation: Any, arguments: tuple[Any, ...]) -> HeadraceType:
    members = [runtime_type(each) for each in arguments if each is not type(None)]
    inner = members[0] if len(members) == 1 else union_type(members, annotation)
    return optional_type(inner) if len(members) < len(arguments) else inner


def _literal(annotation: Any, values: tuple[Any, ...]) -> HeadraceType:
    name = str(annotation).replace("typing.", "")
    return HeadraceType(lambda _context, value: value in values, name=name, typing_type=annotation)


def _scalar(python_type: type, scalar: config_types.Scalar, noun: str) -> HeadraceType:
    def check(_context: Any, value: Any) -> TypeCheck:
        return TypeCheck(True) if isinstance(value, python_type) else mismatch(noun, value)

    return HeadraceType(check, name=scalar.name, loader=scalar_loader(scalar), typing_type=python_type)


_INT = _scalar(int, config_types.Int, "int")
_FLOAT = _scalar(float, config_types.Float, "float")
_STRING = _scalar(str, config_types.String, "string")
_BOOL = _scalar(bool, config_types.Bool, "bool")
_NONE = PythonObjectType(type(None), name="None")
_SCALARS = {each.display_name: each for each in (_INT, _FLOAT, _STRING, _BOOL)}

_registered: dict[Any, HeadraceType] = {}
_known: dict[Any, HeadraceType] = {
    int: _INT,
    float: _FLOAT,
    str: _STRING,
    bool: _BOOL,
    dict: PythonObjectType(dict, loader=open_dict_loader),
    list: sequence_type(list, AnyType, list),
    type(None): Nothing,
}
