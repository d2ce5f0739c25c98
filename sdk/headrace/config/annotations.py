"""Annotations of functions, and of a class while it is being created."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType, FunctionType
from typing import Any

from headrace.undefined import UNDEFINED


def own_annotations(cls: type) -> Mapping[str, Any]:
    """The annotations that stand in the class's own body; names that do not exist yet stay unresolved."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(cls)


def annotation_resolver(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Makes annotations out of their source text, as far as the names in it can be found."""
    function = inspect.unwrap(function)
    scopes: list[Mapping[str, Any]] = []

    def resolve(annotation: Any) -> Any:
        if annotation is inspect.Signature.empty:
            return UNDEFINED
        if not isinstance(annotation, str):
            return annotation
        if not scopes:
            scopes.extend(_scopes(function))
        for scope in scopes:
            try:
                return eval(annotation, getattr(function, "__globals__", {}), scope)
            except Exception:
                # A name that only type checkers see cannot be checked at run time; that is no reason to refuse it.
                continue
        return Any

    return resolve


def _scopes(function: Callable[..., Any]) -> Iterator[Mapping[str, Any]]:
    """Where names of annotations may live: the module, the closure, then the functions that are being run.

    The last are needed for classes defined in a function (a test, say) next to what is annotated with them.
    """
    yield {}
    if isinstance(function, FunctionType) and function.__closure__:
        yield dict(_filled_cells(function))
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals is getattr(function, "__globals__", None) and frame.f_locals is not frame.f_globals:
            yield frame.f_locals
        frame = frame.f_back


def _filled_cells(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The closure's variables that have a value yet: the function may be defined above them."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            continue
