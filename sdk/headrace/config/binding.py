"""How a definition gets its config: its own schema, a fixed value, or a function of another schema."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from headrace.config.annotations import annotation_resolver
from headrace.config.fields import Field, Shape, to_field
from headrace.config.issues import Path, Report
from headrace.config.run_config import to_plain
from headrace.config.structured import StructuredConfig
from headrace.config.types import ANY
from headrace.config.unresolvable import UnresolvableConfigError
from headrace.errors import ConfigMappingError, InvalidConfigDefinitionError, InvalidConfigError


class ConfigBinding(ABC):
    """What a definition takes as config, and what its function sees of it."""

    @property
    @abstractmethod
    def field(self) -> Field:
        """What the definition takes."""

    @property
    def fixed(self) -> Any:
        """The value that was fixed, if any."""
        return None

    @abstractmethod
    def finalize(self, checked: Any, path: Path, report: Report) -> Any:
        """Turns checked config into what the function sees; reads the environment."""


class OwnConfig(ConfigBinding):
    """The function sees the config as it was given."""

    def __init__(self, schema: Any) -> None:
        try:
            self._field = OPTIONAL_ANY if schema is None else to_field(schema)
        except UnresolvableConfigError as error:
            raise error.of(schema) from None

    @property
    def field(self) -> Field:
        """What the definition takes."""
        return self._field

    def finalize(self, checked: Any, path: Path, report: Report) -> Any:
        """Turns checked config into what the function sees."""
        return checked if checked is None else self._field.config_type.resolve(checked, path, report)


class FixedConfig(ConfigBinding):
    """The function sees a value that was fixed with `.configured({...})`."""

    def __init__(self, inner: ConfigBinding, value: Any, what: str) -> None:
        self._inner = inner
        self._checked = check_config(inner.field, value, f"Error when applying config mapping for {what}")

    @property
    def field(self) -> Field:
        """What the definition takes."""
        return NO_CONFIG

    @property
    def fixed(self) -> Any:
        """The value that was fixed."""
        return self._checked

    def finalize(self, checked: Any, path: Path, report: Report) -> Any:
        """Turns checked config into what the function sees."""
        return self._inner.finalize(self._checked, path, report)


class MappedConfig(ConfigBinding):
    """The function sees what a mapping function makes of the config."""

    def __init__(self, inner: ConfigBinding, schema: Any, function: Callable[[Any], Any], what: str) -> None:
        self._inner = inner
        self._function, schema = structured(function, schema)
        self._field = OPTIONAL_ANY if schema is None else to_field(schema)
        self._what = what

    @property
    def _kind(self) -> str:
        word = self._what.removeprefix("the ").split(" ")[0].capitalize()
        return f"{word}Definition"

    @property
    def field(self) -> Field:
        """What the definition takes."""
        return self._field

    def finalize(self, checked: Any, path: Path, report: Report) -> Any:
        """Turns checked config into what the function sees."""
        resolved = self._field.config_type.resolve(checked, path, report)
        if report.issues:
            return None
        try:
            mapped = self._function(resolved)
        except Exception as error:
            raise ConfigMappingError(
                f"The config mapping function on a `configured` {self._kind} has thrown an unexpected error during its execution. It is "
                f"that of {self._what}.",
                user_exception=error,
            ) from error
        message = f"The config function of {self._what} returned config that does not fit:"
        return self._inner.finalize(check_config(self._inner.field, to_plain(mapped), message), path, report)


def structured(function: Callable[[Any], Any], schema: Any) -> tuple[Callable[[Any], Any], Any]:
    """A function of config whose parameter is annotated with a `Config` class, as a function of plain config."""
    config_class = _config_class(function)
    if config_class is None:
        return function, schema
    if schema is not None:
        raise InvalidConfigDefinitionError(
            f"{function!r} takes a {config_class.__name__}, which says what config there is; drop its config_schema."
        )
    return (lambda config: function(config_class.from_config(config))), config_class


def _config_class(function: Callable[[Any], Any]) -> type[StructuredConfig] | None:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    annotation = annotation_resolver(function)(parameters[0].annotation) if parameters else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, StructuredConfig) else None


def configure(binding: ConfigBinding, config_or_fn: Any, config_schema: Any, what: str) -> ConfigBinding:
    """The binding of a definition after `.configured(...)`."""
    if callable(config_or_fn):
        return MappedConfig(binding, config_schema, config_or_fn, what)
    return FixedConfig(binding, config_or_fn, what)


def check_config(field: Field, value: Any, message: str, path: Path = ()) -> Any:
    """Returns the value with defaults filled in; raises an error that names every issue."""
    report = Report()
    if value is None:
        value = field.default_value if field.default_provided else _empty(field)
    checked = field.config_type.check(value, path, report)
    if report.issues:
        raise InvalidConfigError(message, issues=tuple(report.issues))
    return checked


def resolve_config(binding: ConfigBinding, value: Any, message: str, path: Path = ()) -> Any:
    """Checks config and turns it into what the function sees."""
    checked = check_config(binding.field, value, message, path) if _is_given(binding.field, value) else None
    report = Report()
    final = binding.finalize(checked, path, report)
    if report.issues:
        raise InvalidConfigError(message, issues=tuple(report.issues))
    return final


def _empty(field: Field) -> Any:
    """An empty mapping, where fields of a mapping are missing: that says more than a missing mapping."""
    return {} if isinstance(field.config_type, Shape) else None


def _is_given(field: Field, value: Any) -> bool:
    return value is not None or field.is_required or field.default_provided


OPTIONAL_ANY = Field(ANY, is_required=False)
NO_CONFIG = Field({}, is_required=False)
