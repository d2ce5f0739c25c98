"""Config values out of a fixed set."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum as PythonEnum
from typing import Any

from headrace.config.issues import Path, Report, at, describe
from headrace.config.types import ConfigType


class EnumValue:
    """One value of an `Enum`.

    Args:
        config_value: What config says.
        python_value: What user code sees; the same when left out.
        description: What it means.
    """

    def __init__(self, config_value: str, python_value: Any = None, description: str | None = None) -> None:
        self.config_value = config_value
        self.python_value = config_value if python_value is None else python_value
        self.description = description


class Enum(ConfigType):
    """One of a few values.

    Args:
        name: What people read.
        enum_values: The values.
    """

    kind = "enum"

    def __init__(self, name: str, enum_values: Sequence[EnumValue]) -> None:
        self._name = name
        self.enum_values = list(enum_values)
        self._python_values = {each.config_value: each.python_value for each in enum_values}

    @classmethod
    def from_python_enum(cls, enum: type[PythonEnum], name: str | None = None) -> Enum:
        """Config gives the names of the members, user code sees the members."""
        return cls(name or enum.__name__, [EnumValue(each.name, python_value=each) for each in enum])

    @classmethod
    def from_python_enum_direct_values(cls, enum: type[PythonEnum], name: str | None = None) -> Enum:
        """Config gives the names of the members, user code sees their values."""
        return cls(name or enum.__name__, [EnumValue(each.name, python_value=each.value) for each in enum])

    def post_process(self, value: str) -> Any:
        """What user code sees for a value in config."""
        return self._python_values[value]

    def _describe(self) -> str:
        return self._name

    def _identity(self) -> str:
        return f"{self.kind}.{self.name}.{self._python_values}"

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        if isinstance(value, PythonEnum):
            value = value.name
        if value is None:
            report.add(path, f'Value {at(path)} must not be None. Expected "{self.name}"')
        elif not isinstance(value, str):
            report.add(path, f"Value {at(path)} for enum type {self.name} must be a string, got {describe(value)}")
        elif value not in self._python_values:
            expected = ", ".join(repr(name) for name in self._python_values)
            report.add(
                path, f"Value {at(path)} not in enum type {self.name} got {value}; expected one of {expected}", "value"
            )
        return value

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return self._python_values[value]

    def _sample(self) -> Any:
        return self.enum_values[0].config_value
