"""Finding definitions in modules."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from headrace.errors import InvalidInvocationError


def definitions_in(modules: Iterable[ModuleType], types: tuple[type[Any], ...]) -> list[Any]:
    """What the modules hold at their top level, alone or in lists, each once and in the order of its name's first use."""
    found: dict[int, Any] = {}
    for module in modules:
        for value in vars(module).values():
            for each in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(each, types):
                    found.setdefault(id(each), each)
    return list(found.values())


def modules_in_package(package: ModuleType) -> Iterator[ModuleType]:
    """The package and everything below it, imported."""
    yield package
    if not hasattr(package, "__path__"):
        raise InvalidInvocationError(f"{package.__name__!r} is a module and no package; nothing is below it.")
    for found in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
        yield importlib.import_module(found.name)


def calling_module(depth: int) -> ModuleType:
    """The module whose code called the function that asks; `depth` counts the functions between."""
    module: Any = inspect.getmodule(sys._getframe(depth + 1))
    if module is None:
        raise InvalidInvocationError("The calling code is in no module; use load_assets_from_modules.")
    return module  # type: ignore[no-any-return]
