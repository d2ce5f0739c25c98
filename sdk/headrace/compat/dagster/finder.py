"""Import finders that answer from the table of names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from headrace.compat.dagster.answers import answer, available_names, is_available, why_not
from headrace.compat.dagster.errors import NameNotAvailableError, NameNotImportableError
from headrace.compat.dagster.groups import NEVER, NOT_YET, RENAMED, VERSION

# Beside these, whatever begins with an underscore is a module; any other name is one that the package should define.
_PUBLIC_MODULES = frozenset({"components", "core", "preview", "serdes", "utils", "version"})
# Packages inside of Dagster that have the name of a function.
_PACKAGES = frozenset({"dagster._core.definitions", "dagster.core.definitions"})


class AnswerModule(ModuleType):
    """A module of Dagster's, whichever: it has every public name that has an answer, and no other."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if f"{self.__name__}.{name}" in _PACKAGES or (self.__name__ == "dagster" and name in _PUBLIC_MODULES):
            return importlib.import_module(f"{self.__name__}.{name}")
        return answer(name, self.__name__)

    def __setattr__(self, name: str, value: Any) -> None:
        # Importing a module sets it on its parent, where it must not hide the function that has its name.
        if not (isinstance(value, AnswerModule) and is_available(name)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *available_names()})

    def __call__(self, *_args: object, **_kwargs: object) -> Any:
        """Raises what the name should have raised.

        Raises:
            NameNotAvailableError: always.
        """
        # `from dagster._utils import helper` cannot be told from the import of a module until somebody calls it.
        package, _, name = self.__name__.rpartition(".")
        raise NameNotAvailableError(why_not(name, package), name=name)


class DagsterFinder(MetaPathFinder, Loader):
    """Finds `dagster` and every module below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the module's spec.

        Raises:
            NameNotImportableError: `from dagster import X` came here, and there is no X.
        """
        package, _, name = fullname.rpartition(".")
        if fullname == "dagster" or (fullname.startswith("dagster.") and _is_module(package, name)):
            return ModuleSpec(fullname, self, is_package=True)
        if fullname.startswith("dagster."):
            raise NameNotImportableError(why_not(name, package), name=fullname)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Returns the empty module."""
        return AnswerModule(spec.name, "A module of Dagster's, answered by Headrace.")

    def exec_module(self, module: ModuleType) -> None:
        """Fills in what every module has."""
        module.__path__ = []
        if module.__name__ in ("dagster", "dagster.version"):
            vars(module)["__version__"] = f"{VERSION}.0"
        vars(module)["__all__"] = available_names()


def _is_module(package: str, name: str) -> bool:
    if package == "dagster":
        return name.startswith("_") or name in _PUBLIC_MODULES
    refused = name in NEVER or name in NOT_YET or (name in RENAMED and not is_available(name))
    return (name == name.lower() and not refused) or f"{package}.{name}" in _PACKAGES


class _OwnNames(MetaPathFinder):
    """Finds nothing: it tells why a name cannot be imported from our own package."""

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package == self._package and PathFinder.find_spec(fullname, path) is None:
            raise NameNotImportableError(why_not(name), name=fullname)
        return None


def answer_from_imports_of(package: str) -> None:
    """Makes `from package import X` raise the message that `package.X` has."""
    sys.meta_path.insert(0, _OwnNames(package))
