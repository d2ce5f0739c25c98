"""Config types: scalars, and the base of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from headrace.config.issues import Path, Report, describe


class ConfigType(ABC):
    """A set of config values, and how they become what user code sees.

    Config is handled in two steps: `check` finds everything that is wrong and fills in defaults, on any machine;
    `resolve` turns what was checked into final values and reads the environment, only where the code runs.
    """

    description: str | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """The type as people read it."""

    @property
    @abstractmethod
    def kind(self) -> str:
        """What sort of type it is: `scalar`, `shape`, `array`…"""

    @abstractmethod
    def check(self, value: Any, path: Path, report: Report) -> Any:
        """Returns the value with defaults filled in; notes in the report what is wrong."""

    def resolve(self, value: Any, path: Path, report: Report) -> Any:
        """Turns a checked value into its final form."""
        return value

    @abstractmethod
    def sample(self) -> Any:
        """A value that would be right, to show in messages."""

    def inner_types(self) -> Iterable[ConfigType]:
        """The types it is made of."""
        return ()

    def __repr__(self) -> str:
        return self.name


class Scalar(ConfigType):
    """A single value of one of a few Python types."""

    def __init__(self, name: str, python_types: tuple[type, ...], sample: Any, description: str) -> None:
        self._name = name
        self._python_types = python_types
        self._sample = sample
        self.description = description

    @property
    def name(self) -> str:
        return self._name

    @property
    def kind(self) -> str:
        return "scalar"

    def accepts(self, value: Any) -> bool:
        """Whether the value is one of this type."""
        if isinstance(value, bool):
            return bool in self._python_types
        return isinstance(value, self._python_types)

    def check(self, value: Any, path: Path, report: Report) -> Any:
        if not self.accepts(value):
            report.add(path, f"expected {self.name}, got {describe(value)}")
        return value

    def sample(self) -> Any:
        return self._sample

    def __reduce__(self) -> Any:
        return (_scalar_named, (self._name,))


class AnyConfig(ConfigType):
    """Whatever is given."""

    @property
    def name(self) -> str:
        return "Any"

    @property
    def kind(self) -> str:
        return "any"

    def check(self, value: Any, path: Path, report: Report) -> Any:
        return value

    def sample(self) -> Any:
        return {}


Int = Scalar("Int", (int,), 0, "A whole number.")
Float = Scalar("Float", (float, int), 0.0, "A number.")
String = Scalar("String", (str,), "...", "Text.")
Bool = Scalar("Bool", (bool,), True, "True or false.")
ANY = AnyConfig()

_SCALARS = {scalar.name: scalar for scalar in (Int, Float, String, Bool)}


def _scalar_named(name: str) -> Scalar:
    return _SCALARS[name]


PYTHON_SCALARS: dict[Any, ConfigType] = {int: Int, float: Float, str: String, bool: Bool, Any: ANY, object: ANY}
