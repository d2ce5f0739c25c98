"""The import finder for Dagster's companion libraries."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from headrace.compat.dagster.companions import COMPANIONS
from headrace.compat.dagster.errors import CompanionNotAvailableError, NameNotAvailableError, NameNotImportableError
from headrace.compat.dagster.rooms import ROOMS, Room

_NEEDS_DAGSTER = re.compile(r"dagster(?![-_\w])", re.IGNORECASE)


class CompanionModule(ModuleType):
    """A module of a companion library that a room of ours answers for: it has the room's names, and no other."""

    def __getattr__(self, name: str) -> Any:
        room = ROOMS[self.__name__.partition(".")[0]]
        if name in _public(room):
            return getattr(importlib.import_module(room.module), name)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        raise NameNotAvailableError(_why_not(name, self.__name__, room), name=name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_public(ROOMS[self.__name__.partition(".")[0]])})


class CompanionFinder(MetaPathFinder, Loader):
    """Finds the libraries that a room of ours answers for, and tells what there is instead of the others.

    A module of such a name that works without Dagster is left alone: another library, or the user's own.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns the module's spec; None if the next finder is to be asked.

        Raises:
            CompanionNotAvailableError: the module is a companion library that nothing here answers for.
            NameNotImportableError: `from dagster_x import Y` came here, and there is no Y.
        """
        library, _, inner = fullname.partition(".")
        if library not in COMPANIONS or (not inner and _works_without_dagster(library)):
            return None
        room = ROOMS.get(library)
        if room is None:
            raise CompanionNotAvailableError(
                f"{library} belongs to Dagster and does not work without it. Instead: {COMPANIONS[library]}.",
                name=fullname,
            )
        if inner and path != []:
            # Below a module that is not ours.
            return None
        if inner and inner not in room.submodules:
            package, _, name = fullname.rpartition(".")
            raise NameNotImportableError(_why_not(name, package, room), name=fullname)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Returns the empty module."""
        return CompanionModule(spec.name, "A module of a companion library of Dagster's, answered by Headrace.")

    def exec_module(self, module: ModuleType) -> None:
        """Fills in what every module has."""
        module.__path__ = []
        vars(module)["__all__"] = _public(ROOMS[module.__name__.partition(".")[0]])


def _public(room: Room) -> list[str]:
    return list(importlib.import_module(room.module).__all__)


def _why_not(name: str, package: str, room: Room) -> str:
    return f"Headrace does not have {name} of {package}. {room.module} has {', '.join(_public(room))}."


def _works_without_dagster(module: str) -> bool:
    if PathFinder.find_spec(module) is None:
        return False
    from importlib import metadata  # costs as much as all the rest of the hook, and is needed by hardly anybody

    distributions = metadata.packages_distributions().get(module, ())
    return not any(_NEEDS_DAGSTER.match(needed) for each in distributions for needed in metadata.requires(each) or ())
