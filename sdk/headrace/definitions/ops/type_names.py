"""Types under the names that code uses which does not want to spell out Python's: `List[Int]`, `Optional[String]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any as PythonAny

from headrace.definitions.ops.container_types import optional_type
from headrace.definitions.ops.type_inference import runtime_type
from headrace.definitions.ops.types import HeadraceType
from headrace.errors import InvalidDefinitionError

Int = int
Float = float
String = str
Bool = bool


class Generic(HeadraceType):
    """A container of anything, or of values of the types in brackets."""

    def __init__(self, name: str, open_type: HeadraceType, closed: Callable[..., HeadraceType]) -> None:
        super().__init__(
            open_type.type_check_fn,
            key=open_type.key,
            name=open_type.unique_name,
            loader=open_type.loader,
            typing_type=open_type.typing_type,
        )
        self._name = name
        self._closed = closed

    def __getitem__(self, inner: PythonAny) -> HeadraceType:
        members = inner if isinstance(inner, tuple) else (inner,)
        try:
            return self._closed(*members)
        except TypeError:
            raise InvalidDefinitionError(f"{self._name}[...] does not take {len(members)} types.") from None

    def __reduce__(self) -> str:
        return self._name


class OptionalName:
    """`Optional[...]`: values of a type, or None."""

    def __getitem__(self, inner: PythonAny) -> HeadraceType:
        if inner is None or inner is type(None):
            raise InvalidDefinitionError("Optional[...] takes a type, not None.")
        return optional_type(runtime_type(inner))

    def __reduce__(self) -> str:
        return "Optional"


# Generic aliases take anything between their brackets, so they carry our types to the inference.
List = Generic("List", runtime_type(list), lambda item: runtime_type(list[runtime_type(item)]))  # type: ignore[misc]
Set = Generic("Set", runtime_type(set), lambda item: runtime_type(set[runtime_type(item)]))  # type: ignore[misc]
Dict = Generic(
    "Dict",
    runtime_type(dict),
    lambda key, item: runtime_type(dict[runtime_type(key), runtime_type(item)]),  # type: ignore[misc]
)
Tuple = Generic(
    "Tuple",
    runtime_type(tuple),
    lambda *members: runtime_type(tuple[tuple(runtime_type(each) for each in members)]),  # type: ignore[misc]
)
Optional = OptionalName()
