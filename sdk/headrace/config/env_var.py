"""Values that come from the environment of the process that runs the code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NoReturn

from headrace.errors import InvalidConfigError


class EnvVar(str):
    """The value of an environment variable, read when a run starts and never before.

    Its own text is the variable's name; printing it says so instead of passing the name off as the value.

    Args:
        name: The variable.
    """

    @classmethod
    def int(cls, name: str) -> IntEnvVar:
        """A variable that holds a whole number."""
        return IntEnvVar.create(name)

    @property
    def env_var_name(self) -> str:
        """The variable's name."""
        return str.__str__(self)

    def get_value(self, default: str | None = None) -> str | None:
        """The value now, or the default if the variable is not set."""
        return os.getenv(self.env_var_name, default=default)

    def __str__(self) -> str:
        _refuse(self.env_var_name)

    def __repr__(self) -> str:
        return f"EnvVar({str.__str__(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (EnvVar, (str.__str__(self),))


class IntEnvVar(int):
    """The whole number in an environment variable; made by `EnvVar.int`."""

    name: str

    @classmethod
    def create(cls, name: str) -> IntEnvVar:
        """Names the variable."""
        variable = cls(0)
        variable.name = name
        return variable

    @property
    def env_var_name(self) -> str:
        """The variable's name."""
        return self.name

    def get_value(self, default: int | None = None) -> int | None:
        """The value now, or the default if the variable is not set."""
        value = os.getenv(self.name)
        return default if value is None else int(value)

    def __str__(self) -> str:
        _refuse(self.name)

    def __int__(self) -> int:
        _refuse(self.name)

    def __repr__(self) -> str:
        return f"EnvVar.int({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (IntEnvVar.create, (self.name,))


def _refuse(name: str) -> NoReturn:
    raise InvalidConfigError(
        f"EnvVar({name!r}) was used as a value, but it is only read when a run starts. Pass it as the config or the "
        f"resource field that needs it; for its value here and now use EnvVar({name!r}).get_value()."
    )


def to_source(value: Any) -> Any:
    """An `EnvVar` as the config that stands for it; other values as they are."""
    if isinstance(value, (EnvVar, IntEnvVar)):
        return {"env": value.env_var_name}
    return value


def names_in(value: Any) -> frozenset[str]:
    """The variables that a value names, however deep in it."""
    if isinstance(value, (EnvVar, IntEnvVar)):
        return frozenset({value.env_var_name})
    if isinstance(value, Mapping):
        if value.keys() == {"env"} and type(value["env"]) is str:
            return frozenset({value["env"]})
        return frozenset().union(*map(names_in, value.values()))
    if isinstance(value, (list, tuple)):
        return frozenset().union(*map(names_in, value))
    return frozenset()


def read_env(name: str) -> str | None:
    """The value of a variable, None if it is not set."""
    return os.environ.get(name)
