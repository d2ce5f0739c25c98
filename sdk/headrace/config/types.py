"""Config types: scalars, and the base of all of them."""

from __future__ import annotations

from abc import ABC, ABCMeta, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from headrace.config.issues import Path, Report, at, shorten


class ConfigType(ABC):
    """A set of config values, and how they become what user code sees.

    Config is handled in two steps: `check` finds everything that is wrong and fills in defaults, on any machine;
    `resolve` turns what was checked into final values and reads the environment, only where the code runs.
    """

    kind: ClassVar[str]
    description: str | None = None

    @cached_property
    def key(self) -> str:
        """Tells one type from another; the same for types that say the same."""
        return self._identity()

    @property
    def name(self) -> str:
        """The type as people read it."""
        return self._describe()

    @property
    def given_name(self) -> str:
        """The same, under the name that older code reads."""
        return self.name

    def check(self, value: Any, path: Path, report: Report) -> Any:
        """Returns the value with defaults filled in; notes in the report what is wrong."""
        return self._check(value, path, report)

    def resolve(self, value: Any, path: Path, report: Report) -> Any:
        """Turns a checked value into its final form."""
        return self._resolve(value, path, report)

    def sample(self) -> Any:
        """Makes a value that would be right, to show in messages."""
        return self._sample()

    def inner_types(self) -> Iterable[ConfigType]:
        """The types it is made of."""
        return self._inner_types()

    @abstractmethod
    def _describe(self) -> str: ...

    @abstractmethod
    def _check(self, value: Any, path: Path, report: Report) -> Any: ...

    @abstractmethod
    def _sample(self) -> Any: ...

    def _identity(self) -> str:
        return ".".join((self.kind, self.name, *(each.key for each in self.inner_types())))

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return value

    def _inner_types(self) -> Iterable[ConfigType]:
        return ()

    def __repr__(self) -> str:
        return self.name


class Shared(ABCMeta):
    """Of types that say the same, there is one object: whoever asks for another one gets it."""

    _known: ClassVar[WeakValueDictionary[str, Any]] = WeakValueDictionary()

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Makes one, or finds the one that is there."""
        made = super().__call__(*args, **kwargs)
        return cls._known.setdefault(made.key, made)


class Scalar(ConfigType):
    """A single value of one of a few Python types."""

    kind = "scalar"

    def __init__(self, name: str, python_types: tuple[type, ...], sample: Any, description: str) -> None:
        self._name = name
        self._python_types = python_types
        self._example = sample
        self.description = description

    def _describe(self) -> str:
        return self._name

    def accepts(self, value: Any) -> bool:
        """Whether the value is one of this type."""
        if isinstance(value, bool):
            return bool in self._python_types
        return isinstance(value, self._python_types)

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        if not self.accepts(value):
            report.add(path, self._refusal(value, path))
        return value

    def _refusal(self, value: Any, path: Path) -> str:
        if value is None:
            return f'Value {at(path)} must not be None. Expected "{self.name}"'
        return (
            f'Invalid scalar {at(path)}. Value "{shorten(value)}" of type "{type(value)}" is not valid for expected '
            f'type "{self.name}".'
        )

    def _sample(self) -> Any:
        return self._example

    def __reduce__(self) -> Any:
        return (_scalar_named, (self._name,))


class AnyConfig(ConfigType):
    """Whatever is given."""

    kind = "any"

    def _describe(self) -> str:
        return "Any"

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        return value

    def _sample(self) -> Any:
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
