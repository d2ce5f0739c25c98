"""From Python annotations to runtime types."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable
from typing import Any, Union

from headrace.config.types import Scalar
from headrace.definitions.ops.types import AnyType, HeadraceType, Nothing, PythonObjectType, TypeCheck, mismatch
from headrace.errors import InvalidDefinitionError

_known: dict[Any, HeadraceType] = {}
# The scalars of config stand for the Python types that their values have.
_SCALARS: dict[str, type] = {"Int": int, "Float": float, "String": str, "Bool": bool}
_GENERATORS = (
    collections.abc.Generator,
    collections.abc.Iterator,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterator,
)


def register_python_type(python_type: type, runtime_type: HeadraceType) -> None:
    """Makes annotations with this class mean this type."""
    _known[python_type] = runtime_type


def runtime_type(annotation: Any) -> HeadraceType:
    """The runtime type that an annotation stands for.

    Annotations that say nothing checkable (type variables, protocols, names that cannot be resolved) stand for `Any`.
    """
    if isinstance(annotation, HeadraceType):
        return annotation
    if isinstance(annotation, Scalar):
        annotation = _SCALARS[annotation.name]
    try:
        known = _known.get(annotation)
    except TypeError:
        return _infer(annotation)
    if known is None:
        known = _known[annotation] = _infer(annotation)
    return known


def _infer(annotation: Any) -> HeadraceType:
    if annotation is None or annotation is type(None):
        return Nothing
    if annotation is Any:
        return AnyType
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return _class_type(annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is None:
        return AnyType if not callable(annotation) or _is_typing(annotation) else _refuse(annotation)
    if origin is typing.Annotated:
        return runtime_type(arguments[0])
    if origin in (Union, types.UnionType):
        return _union(annotation, arguments)
    if origin is typing.Literal:
        return HeadraceType(lambda _c, value: value in arguments, name=_name(annotation), typing_type=annotation)
    container = _CONTAINERS.get(origin)
    if container is not None:
        return container(annotation, arguments)
    return _class_type(origin) if isinstance(origin, type) else AnyType


def _is_typing(annotation: Any) -> bool:
    return type(annotation).__module__ in ("typing", "typing_extensions") or isinstance(annotation, str)


def _refuse(annotation: Any) -> HeadraceType:
    raise InvalidDefinitionError(f"{annotation!r} is used as a type, but is neither a class nor a type of Headrace.")


def _class_type(python_type: type) -> HeadraceType:
    if python_type is object or python_type in _GENERATORS or getattr(python_type, "_is_protocol", False):
        return AnyType
    if typing.is_typeddict(python_type):
        return PythonObjectType(dict, key=python_type.__name__, name=python_type.__name__)
    return PythonObjectType(python_type)


def _union(annotation: Any, arguments: tuple[Any, ...]) -> HeadraceType:
    # In a union, None is a value like any other and not the absence of an output.
    members = [runtime_type(each) for each in arguments if each is not type(None)]
    optional = len(members) < len(arguments)

    def check(context: Any, value: Any) -> TypeCheck:
        if (optional and value is None) or any(member.type_check(context, value) for member in members):
            return TypeCheck(True)
        return mismatch(_name(annotation), value)

    return HeadraceType(check, name=_name(annotation), typing_type=annotation)


def _sequence(annotation: Any, arguments: tuple[Any, ...]) -> HeadraceType:
    python_type, item = typing.get_origin(annotation), runtime_type(arguments[0])

    def check(context: Any, value: Any) -> TypeCheck:
        if not isinstance(value, python_type):
            return mismatch(_name(annotation), value)
        if item is AnyType:
            return TypeCheck(True)
        return next((bad for each in value if not (bad := item.type_check(context, each))), TypeCheck(True))

    return HeadraceType(check, name=_name(annotation), typing_type=annotation)


def _mapping(annotation: Any, arguments: tuple[Any, ...]) -> HeadraceType:
    python_type = typing.get_origin(annotation)
    key, item = runtime_type(arguments[0]), runtime_type(arguments[1])

    def check(context: Any, value: Any) -> TypeCheck:
        if not isinstance(value, python_type):
            return mismatch(_name(annotation), value)
        for name, each in value.items():
            found = key.type_check(context, name) and item.type_check(context, each)
            if not found:
                return found
        return TypeCheck(True)

    return HeadraceType(check, name=_name(annotation), typing_type=annotation)


def _tuple(annotation: Any, arguments: tuple[Any, ...]) -> HeadraceType:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _sequence(annotation, arguments[:1])
    members = [runtime_type(each) for each in arguments]

    def check(context: Any, value: Any) -> TypeCheck:
        if not isinstance(value, tuple) or len(value) != len(members):
            return mismatch(_name(annotation), value)
        pairs = zip(members, value, strict=True)
        return next((bad for member, each in pairs if not (bad := member.type_check(context, each))), TypeCheck(True))

    return HeadraceType(check, name=_name(annotation), typing_type=annotation)


def _name(annotation: Any) -> str:
    return str(annotation).replace("typing.", "").replace("collections.abc.", "")


_CONTAINERS: dict[Any, Callable[[Any, tuple[Any, ...]], HeadraceType]] = {
    list: _sequence,
    set: _sequence,
    frozenset: _sequence,
    tuple: _tuple,
    dict: _mapping,
}
