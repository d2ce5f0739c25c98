"""Scalars that config may give as a value or as `{env: NAME}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from headrace.config.env_var import read_env, to_source
from headrace.config.fields import Selector
from headrace.config.issues import Path, Report, at
from headrace.config.types import Bool, ConfigType, Float, Int, Scalar, String


class Source(ConfigType):
    """A scalar, or the name of the environment variable that holds it."""

    kind = "source"

    def __init__(self, name: str, scalar: Scalar, parse: Callable[[str], Any], noun: str) -> None:
        self._name = name
        self._noun = noun
        self.scalar = scalar
        self._parse = parse
        self._variable = Selector({"env": String})
        self.description = f"{scalar.description} May be read from the environment: {{env: NAME}}."

    def _describe(self) -> str:
        return self._name

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        value = to_source(value)
        if not isinstance(value, dict):
            return self.scalar.check(value, path, report)
        return self._variable.check(value, path, report)

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        if not isinstance(value, dict):
            return value
        name = value["env"]
        text = read_env(name)
        if text is None:
            report.add(
                path,
                f"Post processing {at(path)} of original value {value} failed: You have attempted to fetch the environment "
                f'variable "{name}" which is not set. In order for this execution to succeed it must be set in this environment.',
                "env",
            )
            return None
        try:
            return self._parse(text)
        except ValueError:
            # The value itself stays out of the message: variables hold secrets.
            report.add(
                path,
                f'Post processing {at(path)} of original value {value} failed: Value stored in env variable "{name}" '
                f"cannot be coerced into {self._noun}.",
                "env",
            )
            return None

    def _sample(self) -> Any:
        return self.scalar.sample()

    def __reduce__(self) -> str:
        return self._name


def _parse_bool(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in ("true", "1", "yes", "on"):
        return True
    if lowered in ("false", "0", "no", "off", ""):
        return False
    raise ValueError


StringSource = Source("StringSource", String, str, "text")
IntSource = Source("IntSource", Int, int, "an int")
FloatSource = Source("FloatSource", Float, float, "a float")
BoolSource = Source("BoolSource", Bool, _parse_bool, "a bool")
