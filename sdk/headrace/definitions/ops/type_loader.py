"""Making values of a type from config, for inputs that nothing is connected to."""

from __future__ import annotations

import json
import pickle
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Set
from pathlib import Path
from typing import Any

from headrace.config.fields import Array, Map, Noneable, Permissive, ScalarUnion, Selector, to_config_type
from headrace.config.types import ANY, ConfigType, Scalar, String
from headrace.definitions.ops.signature import positional_names
from headrace.errors import InvalidDefinitionError


class TypeLoader(ABC):
    """Makes values of a type from config."""

    @property
    @abstractmethod
    def schema_type(self) -> ConfigType:
        """What config it takes."""

    def required_resource_keys(self) -> frozenset[str]:
        """Resources that it reads from `context.resources`."""
        return frozenset()

    @abstractmethod
    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        """Makes a value.

        Args:
            context: A `TypeLoaderContext`.
            config_value: Config that fits `schema_type`.
        """


class FunctionLoader(TypeLoader):
    """A loader that is a function; made with `@type_loader`."""

    def __init__(self, config_type: Any, function: Callable[[Any, Any], Any], resources: Iterable[str] = ()) -> None:
        self._schema = to_config_type(config_type)
        self._function = function
        self._resources = frozenset(resources)

    @property
    def schema_type(self) -> ConfigType:
        """What config it takes."""
        return self._schema

    def required_resource_keys(self) -> frozenset[str]:
        """Resources that it reads from `context.resources`."""
        return self._resources

    def construct_from_config_value(self, context: Any, config_value: Any) -> Any:
        """Calls the function."""
        return self._function(context, config_value)


def type_loader(
    config_schema: Any, required_resource_keys: Set[str] | None = None
) -> Callable[[Callable[[Any, Any], Any]], TypeLoader]:
    """Makes a loader of a function that takes a `TypeLoaderContext` and config, and returns a value.

    Args:
        config_schema: What config it takes.
        required_resource_keys: Resources that it reads from `context.resources`.
    """

    def make(function: Callable[[Any, Any], Any]) -> TypeLoader:
        names = positional_names(function)
        if len(names) != 2:
            raise InvalidDefinitionError(
                f"@type_loader function {function.__name__!r} takes a context and the config, not {len(names)} arguments."
            )
        return FunctionLoader(config_schema, function, required_resource_keys or ())

    return make


def scalar_loader(scalar: Scalar) -> TypeLoader:
    """The value itself, or where it is: `5`, `{value: 5}`, `{json: {path: ...}}` of a file with a `value`, `{pickle: {path: ...}}`."""
    return FunctionLoader(ScalarUnion(scalar, Selector({"value": scalar, **_FILES})), _value_or_file)


def list_loader(item: TypeLoader | None, make: Callable[[Iterable[Any]], Any] = list) -> TypeLoader | None:
    """A list of what the items are made from."""
    return item and FunctionLoader(
        Array(item.schema_type),
        lambda context, values: make([item.construct_from_config_value(context, each) for each in values]),
        item.required_resource_keys(),
    )


def dict_loader(key: TypeLoader | None, item: TypeLoader | None, key_type: Any) -> TypeLoader | None:
    """A mapping from keys to what the items are made from."""
    if key is None or item is None or not isinstance(key_type, type):
        return None
    scalar = to_config_type(key_type)
    return (
        isinstance(scalar, Scalar)
        and FunctionLoader(
            Map(scalar, item.schema_type),
            lambda context, value: {
                name: item.construct_from_config_value(context, each) for name, each in value.items()
            },
            item.required_resource_keys(),
        )
    ) or None


def optional_loader(inner: TypeLoader | None) -> TypeLoader | None:
    """Nothing, or what the value is made from."""
    return inner and FunctionLoader(
        Noneable(inner.schema_type),
        lambda context, value: None if value is None else inner.construct_from_config_value(context, value),
        inner.required_resource_keys(),
    )


def _value_or_file(_context: Any, config: Any) -> Any:
    if not isinstance(config, Mapping):
        return config
    ((kind, given),) = config.items()
    if kind == "value":
        return given
    text = Path(given["path"]).read_bytes()
    return json.loads(text)["value"] if kind == "json" else pickle.loads(text)


_FILES = {"json": {"path": String}, "pickle": {"path": String}}

any_loader = FunctionLoader(Selector({"value": ANY, **_FILES}), _value_or_file)
open_dict_loader = FunctionLoader(Permissive(), lambda _context, value: dict(value))
open_tuple_loader = FunctionLoader(Array(ANY), lambda _context, value: tuple(value))
