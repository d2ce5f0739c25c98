"""Types that are made of other types: lists, dicts, optional values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from headrace.definitions.ops.type_loader import (
    TypeLoader,
    dict_loader,
    list_loader,
    open_tuple_loader,
    optional_loader,
)
from headrace.definitions.ops.types import HeadraceType, TypeCheck, TypeCheckFn, mismatch
from headrace.errors import InvalidDefinitionError

Pairs = Iterable[tuple[HeadraceType, Any]]


class ComposedType(HeadraceType):
    """A type that is made of other types.

    Args:
        name: What people read.
        inner: The types that it is made of.
        type_check_fn: Checks a value.
        typing_type: The annotation that it stands for.
        loader: Makes a value from config.
    """

    def __init__(
        self,
        name: str,
        inner: Sequence[HeadraceType],
        type_check_fn: TypeCheckFn,
        typing_type: Any,
        loader: TypeLoader | None = None,
    ) -> None:
        if any(each.is_nothing for each in inner):
            raise InvalidDefinitionError(f"Type Nothing can not be wrapped in List or Optional: {name}.")
        keys = frozenset[str]().union(*(each.required_resource_keys for each in inner))
        super().__init__(type_check_fn, key=name, loader=loader, required_resource_keys=keys, typing_type=typing_type)
        self._inner = tuple(inner)

    @property
    def inner_types(self) -> Sequence[HeadraceType]:
        """The types that it is made of, and those that they are made of."""
        return tuple(_all_inner(self._inner))


def sequence_type(python_type: type[Collection[Any]], item: HeadraceType, annotation: Any) -> HeadraceType:
    """Lists, sets, frozen sets, and tuples of any length, whose items are of one type."""

    def check(context: Any, value: Any) -> TypeCheck:
        if not isinstance(value, python_type):
            return mismatch(python_type.__name__, value)
        # Looking at a million items to learn nothing would take longer than many a step.
        return _first_bad(context, () if item.is_any else ((item, each) for each in value))

    name = _SEQUENCE_NAMES[python_type.__name__].format(item.display_name)
    return ComposedType(name, [item], check, annotation, list_loader(item.loader, python_type))


def dict_type(key: HeadraceType, item: HeadraceType, annotation: Any) -> HeadraceType:
    """Dicts whose keys are of one type, and whose values are of another one."""

    def check(context: Any, value: Any) -> TypeCheck:
        if not isinstance(value, dict):
            return mismatch("dict", value)
        return _first_bad(context, (pair for name, each in value.items() for pair in ((key, name), (item, each))))

    loader = dict_loader(key.loader, item.loader, key.typing_type)
    return ComposedType(f"Dict[{key.display_name},{item.display_name}]", [key, item], check, annotation, loader)


def tuple_type(members: Sequence[HeadraceType], annotation: Any) -> HeadraceType:
    """Tuples with a type for each place."""

    def check(context: Any, value: Any) -> TypeCheck:
        if not isinstance(value, tuple):
            return mismatch("tuple", value)
        if len(value) != len(members):
            return TypeCheck(False, f"Tuple requires {len(members)} entries, received {len(value)} values")
        return _first_bad(context, zip(members, value, strict=True))

    name = ",".join(member.display_name for member in members)
    return ComposedType(f"Tuple[{name}]", members, check, annotation, open_tuple_loader)


@cache
def optional_type(inner: HeadraceType) -> HeadraceType:
    """Values of a type, or None."""

    def check(context: Any, value: Any) -> TypeCheck:
        return TypeCheck(True) if value is None else inner.type_check(context, value)

    annotation = Any if inner.is_any else _optional(inner.typing_type)
    return ComposedType(f"{inner.display_name}?", [inner], check, annotation, optional_loader(inner.loader))


def union_type(members: Sequence[HeadraceType], annotation: Any) -> HeadraceType:
    """Values of any of these types."""
    name = " | ".join(member.display_name for member in members)

    def check(context: Any, value: Any) -> TypeCheck:
        if any(member.type_check(context, value) for member in members):
            return TypeCheck(True)
        return mismatch(name, value)

    return ComposedType(name, members, check, annotation)


_SEQUENCE_NAMES = {"list": "[{}]", "set": "Set[{}]", "frozenset": "FrozenSet[{}]", "tuple": "Tuple[{},...]"}


def _first_bad(context: Any, pairs: Pairs) -> TypeCheck:
    checks = (each.type_check(context, value) for each, value in pairs)
    return next((check for check in checks if not check), TypeCheck(True))


def _all_inner(inner: Iterable[HeadraceType]) -> Iterator[HeadraceType]:
    for each in inner:
        yield each
        yield from each.inner_types


def _optional(annotation: Any) -> Any:
    try:
        return annotation | None
    except TypeError:
        return Any
