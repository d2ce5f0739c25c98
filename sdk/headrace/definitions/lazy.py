"""Definitions that are made when they are asked for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from headrace.definitions.definitions import Definitions
from headrace.errors import InvariantViolationError


class LazyDefinitions:
    """A function that makes definitions; made with `@lazy_definitions`. Calling it gives them."""

    def __init__(self, function: Callable[[], Definitions]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __call__(self) -> Definitions:
        """Makes the definitions.

        Raises:
            InvariantViolationError: the function returned something else.
        """
        made = self._function()
        if not isinstance(made, Definitions):
            raise InvariantViolationError(
                f"{self._function.__name__} is marked with @lazy_definitions and returned {made!r}; it must return a Definitions."
            )
        return made


def lazy_definitions(fn: Callable[[], Definitions]) -> LazyDefinitions:
    """Marks a function that returns a `Definitions`: a location that finds it at the top level of its module calls it.

    Args:
        fn: The function; it takes no arguments.

    Raises:
        InvariantViolationError: it takes some.
    """
    parameters = inspect.signature(fn).parameters.values()
    if any(
        each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL) for each in parameters
    ):
        raise InvariantViolationError(
            f"{fn.__name__} is marked with @lazy_definitions, so it is called without arguments; it takes {inspect.signature(fn)}."
        )
    return LazyDefinitions(fn)
