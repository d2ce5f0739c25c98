"""Stand-ins for what Dagster's tests import from inside Dagster, so that the tests beside those that use it can run."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

import helpers

import headrace
from headrace.compat.dagster.answers import answer
from headrace.compat.dagster.error_names import tell_errors_by_their_names
from headrace.compat.dagster.errors import NameNotAvailableError
from headrace.compat.dagster.finder import AnswerModule, DagsterFinder
from headrace.compat.dagster.groups import PUBLIC, RENAMED

HELPERS = frozenset(
    name
    for name, value in vars(helpers).items()
    if not (name.startswith("_") or isinstance(value, ModuleType))
    and (name in helpers.__all__ or getattr(value, "__module__", "helpers") == "helpers")
)
ANSWERED = PUBLIC | HELPERS | RENAMED.keys() | frozenset(headrace.__all__)


class InternalUsedError(Exception):
    """A test uses what is inside of Dagster."""


class Usage:
    """Whether a test is running, and what it has touched."""

    running = False
    touched: set[str] = set()  # noqa: RUF012 (one for the process)


class Internal:
    """Something inside of Dagster: a module may name it and even call it, a test may not."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def _touch(self) -> None:
        if Usage.running:
            name = self.__dict__["_name"]
            Usage.touched.add(name)
            raise InternalUsedError(f"{name} is inside of Dagster")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._touch()
        return Internal(f"{self.__dict__['_name']}.{name}")

    def __call__(self, *_args: Any, **_kwargs: Any) -> Any:
        self._touch()
        return self

    def __getitem__(self, _key: Any) -> Any:
        self._touch()
        return self

    def __or__(self, other: Any) -> Any:
        return other

    __ror__ = __or__

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __repr__(self) -> str:
        return f"<{self.__dict__['_name']}, inside of Dagster>"

    def _refuse(self, *_args: Any) -> NoReturn:
        Usage.touched.add(self.__dict__["_name"])
        raise InternalUsedError(f"{self.__dict__['_name']} is inside of Dagster")

    __add__ = __radd__ = __iter__ = __len__ = __enter__ = __bool__ = __str__ = __int__ = __float__ = _refuse


class MissingError(Exception):
    """A test uses a public name that Headrace does not have."""


class Missing(Internal):
    """A public name that Headrace does not have: using it fails a test, and is no excuse."""

    def _touch(self) -> None:
        if Usage.running:
            raise MissingError(f"Headrace has no {self.__dict__['_name']}")

    def _refuse(self, *_args: Any) -> NoReturn:
        raise MissingError(f"Headrace has no {self.__dict__['_name']}")

    __add__ = __radd__ = __iter__ = __len__ = __enter__ = __bool__ = __str__ = __int__ = __float__ = _refuse


class TestedModule(AnswerModule):
    """A module of Dagster's as its tests see it."""

    __test__ = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in HELPERS and self.__name__ != "dagster":
            return getattr(helpers, name)
        try:
            return answer(name, self.__name__)
        except NameNotAvailableError:
            if name in PUBLIC:
                return Missing(name)
            # Where only a module can be meant, let it be imported.
            if f"{self.__name__}.{name}" in sys.modules:
                return sys.modules[f"{self.__name__}.{name}"]
            return Internal(f"{self.__name__}.{name}")


class TestedFinder(DagsterFinder):
    """Finds every module of Dagster's, and of the library of its own that it shares with its companions."""

    __test__ = False

    @staticmethod
    def install() -> None:
        """Puts one first."""
        sys.meta_path.insert(0, TestedFinder())
        tell_errors_by_their_names()

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Returns the module's spec."""
        if fullname.split(".")[0] in ("dagster", "dagster_shared", "dagster_test", "dagster_pipes"):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> TestedModule:
        """Returns the empty module."""
        return TestedModule(spec.name)
