"""Composite config types and fields, in the form of plain Python schemas."""

from __future__ import annotations

import collections.abc
import json
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum as PythonEnum
from typing import Any, NoReturn, Union

from headrace.config.described import described_fields, identity_of_fields, not_a
from headrace.config.enums import Enum
from headrace.config.issues import Path, Report, at, describe
from headrace.config.structured import StructuredConfig
from headrace.config.types import ANY, PYTHON_SCALARS, ConfigType, Scalar, Shared
from headrace.config.unresolvable import UnresolvableConfigError
from headrace.errors import InvalidConfigDefinitionError, InvalidConfigError, InvalidDefinitionError
from headrace.undefined import UNDEFINED

_KINDS = (
    "A config type is a Python primitive type, a type such as Array, Selector or Shape, a dict of fields, a list of one type, "
    "an enum, or a Config class"
)


class Field:
    """A config value with a default and a description.

    Args:
        config: The type: a Python scalar type, a config type, a dict of fields, a list of one type.
        default_value: Used when the field is left out; makes the field optional.
        is_required: Whether it must be given; when left out, whether it has neither a default nor defaults throughout.
        description: What it is for.
        is_secret: Whether what is given is nobody else's business.
    """

    def __init__(
        self,
        config: Any,
        default_value: Any = UNDEFINED,
        is_required: bool | None = None,
        description: str | None = None,
        is_secret: bool = False,
    ) -> None:
        self.config_type = to_config_type(config)
        self.description = description
        self.is_secret = is_secret
        if is_required and default_value is not UNDEFINED:
            raise InvalidConfigDefinitionError("A required field has no default_value: drop one of the two.")
        if default_value is UNDEFINED and is_required is not True:
            default_value = self._implied_default(optional=is_required is False)
        self._default = self._checked_default(default_value)
        self.is_required = self._default is UNDEFINED and is_required is not False

    @property
    def default_provided(self) -> bool:
        """Whether there is a default."""
        return self._default is not UNDEFINED

    @property
    def default_value(self) -> Any:
        """The default; `UNDEFINED` if there is none."""
        return self._default

    @property
    def default_value_as_json_str(self) -> str:
        """The default as JSON."""
        return json.dumps(self._default)

    @property
    def key(self) -> str:
        """Tells one field from another; the same for fields that say the same."""
        return f"{self.config_type.key}|{self.is_required}|{self._default!r}|{self.description}"

    def as_field(self) -> Field:
        """Itself: older code asks so of what may be a field or a type."""
        return self

    def _implied_default(self, optional: bool) -> Any:
        """A shape whose every field can be left out can be left out itself; what is said to be optional stays out."""
        if optional:
            return UNDEFINED
        if isinstance(self.config_type, Noneable):
            return None
        if isinstance(self.config_type, (Shape, Selector)) and self.config_type.may_be_empty:
            return {}
        return UNDEFINED

    def _checked_default(self, default: Any) -> Any:
        if default is UNDEFINED:
            return UNDEFINED
        if isinstance(default, PythonEnum) and isinstance(self.config_type, Enum):
            raise InvalidDefinitionError(
                "You have passed into a python enum value as the default value into of a config enum type "
                f"{self.config_type.name}. You must pass in the underlying string represention as the default value. One of "
                f"{[each.config_value for each in self.config_type.enum_values]}."
            )
        report = Report()
        checked = self.config_type.check(default, (), report)
        if report.issues:
            raise InvalidConfigError(
                f"Invalid default_value for Field of type {self.config_type.name}. Ensure all required config entries are provided "
                "and all values match the expected types.",
                issues=tuple(report.issues),
            )
        return checked

    def __repr__(self) -> str:
        return f"Field({self.config_type.name}{'' if self.is_required else ', optional'})"


class Shape(ConfigType, metaclass=Shared):
    """A mapping with these fields and no others.

    Args:
        fields: Types or `Field`s by name.
        description: What it is for.
        field_aliases: Other names under which fields may be given.
    """

    kind = "shape"

    def __init__(
        self,
        fields: Mapping[str, Any],
        description: str | None = None,
        field_aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.fields: dict[str, Field] = {name: to_field(field, name) for name, field in fields.items()}
        self.description = description
        self.field_aliases: dict[str, str] = dict(field_aliases or {})

    def _identity(self) -> str:
        return identity_of_fields(self.kind, self.fields, self.description, self.field_aliases)

    @property
    def may_be_empty(self) -> bool:
        """Whether every field can be left out."""
        return not any(field.is_required for field in self.fields.values())

    def _describe(self) -> str:
        return described_fields(self.fields)

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        # In YAML a section without entries is no mapping, but nothing.
        value = {} if value is None else value
        if not isinstance(value, Mapping):
            report.add(path, not_a("dict", self, value, path))
            return value
        given = {self._field_name(name): each for name, each in value.items()}
        extra = self._extra({name: each for name, each in given.items() if name not in self.fields}, path, report)
        self._report_missing([n for n, f in self.fields.items() if f.is_required and n not in given], path, report)
        checked = {}
        for name, field in self.fields.items():
            if name in given:
                checked[name] = field.config_type.check(given[name], (*path, name), report)
            elif field.default_provided:
                checked[name] = field.default_value
        return {**checked, **extra}

    def _report_missing(self, names: Sequence[str], path: Path, report: Report) -> None:
        sample = {name: self.fields[name].config_type.sample() for name in names}
        if len(names) == 1:
            report.add(
                (*path, names[0]),
                f'Missing required config entry "{names[0]}" {at(path)}. You must provide this value in your run config. '
                f"Example config for the missing entry: {sample}",
                "missing",
            )
        elif names:
            report.add(
                path,
                f"Missing required config entries {sorted(names)} {at(path)}. You must provide these values in your run "
                f"config. Example config for the missing entries: {sample}",
                "missing",
            )

    def _extra(self, given: Mapping[Any, Any], path: Path, report: Report) -> Mapping[Any, Any]:
        if len(given) == 1:
            ((name, _value),) = given.items()
            report.add(
                (*path, str(name)),
                f'Received unexpected config entry "{name}" {at(path)}. Expected: "{self.name}".',
                "unknown",
            )
        elif given:
            names = sorted(map(str, given))
            expected = sorted(self.fields)
            report.add(
                path, f'Received unexpected config entries "{names}" {at(path)}. Expected: "{expected}."', "unknown"
            )
        return {}

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return {
            name: self.fields[name].config_type.resolve(each, (*path, name), report) if name in self.fields else each
            for name, each in value.items()
        }

    def _sample(self) -> Any:
        return {name: field.config_type.sample() for name, field in self.fields.items() if field.is_required}

    def _inner_types(self) -> Iterable[ConfigType]:
        return [field.config_type for field in self.fields.values()]

    def _field_name(self, given: Any) -> Any:
        return next((name for name, alias in self.field_aliases.items() if alias == given), given)


class Permissive(Shape):
    """A mapping with these fields and any others.

    Args:
        fields: Types or `Field`s by name.
        description: What it is for.
    """

    kind = "permissive_shape"

    def __init__(self, fields: Mapping[str, Any] | None = None, description: str | None = None) -> None:
        super().__init__(fields or {}, description)

    def _describe(self) -> str:
        return described_fields(self.fields)

    def _extra(self, given: Mapping[Any, Any], path: Path, report: Report) -> Mapping[Any, Any]:
        return given


class Selector(ConfigType, metaclass=Shared):
    """A mapping with exactly one of these fields.

    Args:
        fields: Types or `Field`s by name.
        description: What it is for.
    """

    kind = "selector"

    def __init__(self, fields: Mapping[str, Any], description: str | None = None) -> None:
        self.fields: dict[str, Field] = {name: to_field(field, name) for name, field in fields.items()}
        self.description = description

    def _identity(self) -> str:
        return identity_of_fields(self.kind, self.fields, self.description)

    @property
    def may_be_empty(self) -> bool:
        """Whether there is only one choice, and nothing needs to be said about it."""
        return len(self.fields) == 1 and not any(field.is_required for field in self.fields.values())

    def _describe(self) -> str:
        return described_fields(self.fields)

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        # A lone name stands for that choice with its defaults.
        value = {value: {}} if isinstance(value, str) and value in self.fields else value
        if not isinstance(value, Mapping):
            wrong = "not be None" if value is None else f"be a dict, got {describe(value)}"
            report.add(path, f'Value for selector type {at(path)} must {wrong}. Expected: "{self.name}".')
            return value
        if len(value) == 0 and len(self.fields) == 1:
            value = {next(iter(self.fields)): {}}
        if len(value) != 1:
            report.add(path, self._wrong_number(value, path), "selector")
            return value
        ((chosen, inner),) = value.items()
        if chosen not in self.fields:
            report.add(
                (*path, str(chosen)),
                f'Received unexpected config entry "{chosen}" {at(path)}. Expected: "{self.name}".',
                "unknown",
            )
            return value
        field = self.fields[chosen]
        if inner is None or inner == {}:
            nothing = {} if isinstance(field.config_type, Selector) else inner
            inner = field.default_value if field.default_provided else nothing
        return {chosen: field.config_type.check(inner, (*path, chosen), report)}

    def _wrong_number(self, value: Mapping[Any, Any], path: Path) -> str:
        names = sorted(self.fields)
        if not value:
            return f"Must specify a field {at(path)} if more than one field is defined. Defined fields: {names}"
        given = sorted(map(str, value))
        return (
            f"You can only specify a single field {at(path)}. You specified {given}. The available fields are {names}"
        )

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        ((chosen, inner),) = value.items()
        return {chosen: self.fields[chosen].config_type.resolve(inner, (*path, chosen), report)}

    def _sample(self) -> Any:
        name, field = next(iter(self.fields.items()))
        return {name: field.config_type.sample()}

    def _inner_types(self) -> Iterable[ConfigType]:
        return [field.config_type for field in self.fields.values()]


class Map(ConfigType):
    """A mapping from any key of one scalar type to values of one type.

    Args:
        key_type: The type of the keys.
        inner_type: The type of the values.
        key_label_name: What a key is, for people.
    """

    kind = "map"

    def __init__(self, key_type: Any, inner_type: Any, key_label_name: str | None = None) -> None:
        self.key_type = to_config_type(key_type)
        self.inner_type = to_config_type(inner_type)
        self.key_label_name = key_label_name
        if not isinstance(self.key_type, Scalar):
            raise InvalidConfigDefinitionError(
                f"Map dict must have a scalar type as its only key. {self.key_type.name} is none."
            )

    def _describe(self) -> str:
        label = f"{self.key_label_name}: " if self.key_label_name else ""
        return f"{{ [{label}{self.key_type.name}]: {self.inner_type.name} }}"

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        if not isinstance(value, Mapping):
            report.add(path, not_a("dict", self, value, path))
            return value
        for key in value:
            self.key_type.check(key, (*path, str(key)), report)
        return {key: self.inner_type.check(each, (*path, str(key)), report) for key, each in value.items()}

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return {key: self.inner_type.resolve(each, (*path, str(key)), report) for key, each in value.items()}

    def _sample(self) -> Any:
        return {self.key_type.sample(): self.inner_type.sample()}

    def _inner_types(self) -> Iterable[ConfigType]:
        return (self.key_type, self.inner_type)


class Array(ConfigType):
    """A list of values of one type.

    Args:
        inner_type: The type of the values.
    """

    kind = "array"

    def __init__(self, inner_type: Any) -> None:
        self.inner_type = to_config_type(inner_type)

    def _describe(self) -> str:
        return f"[{self.inner_type.name}]"

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        if isinstance(value, str) or not isinstance(value, Sequence):
            report.add(path, not_a("list", self, value, path))
            return value
        return [self.inner_type.check(each, (*path, f"[{index}]"), report) for index, each in enumerate(value)]

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return [self.inner_type.resolve(each, (*path, f"[{index}]"), report) for index, each in enumerate(value)]

    def _sample(self) -> Any:
        return [self.inner_type.sample()]

    def _inner_types(self) -> Iterable[ConfigType]:
        return (self.inner_type,)


class Noneable(ConfigType):
    """A value of a type, or none.

    Args:
        inner_type: The type.
    """

    kind = "noneable"

    def __init__(self, inner_type: Any) -> None:
        self.inner_type = to_config_type(inner_type)

    def _describe(self) -> str:
        return f"{self.inner_type.name}?"

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        return None if value is None else self.inner_type.check(value, path, report)

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return None if value is None else self.inner_type.resolve(value, path, report)

    def _sample(self) -> Any:
        return self.inner_type.sample()

    def _inner_types(self) -> Iterable[ConfigType]:
        return (self.inner_type,)


class ScalarUnion(ConfigType):
    """A scalar, or something that is no scalar.

    Args:
        scalar_type: The scalar.
        non_scalar_schema: The other type.
    """

    kind = "scalar_union"

    def __init__(self, scalar_type: Any, non_scalar_schema: Any) -> None:
        self.scalar_type = to_config_type(scalar_type)
        self.non_scalar_type = to_config_type(non_scalar_schema)
        if not isinstance(self.scalar_type, Scalar):
            raise InvalidConfigDefinitionError(f"scalar_type must be a scalar type, not {self.scalar_type.name}.")

    def _describe(self) -> str:
        return f"({self.scalar_type.name} | {self.non_scalar_type.name})"

    def _choose(self, value: Any) -> ConfigType:
        return self.non_scalar_type if isinstance(value, (Mapping, list)) else self.scalar_type

    def _check(self, value: Any, path: Path, report: Report) -> Any:
        return self._choose(value).check(value, path, report)

    def _resolve(self, value: Any, path: Path, report: Report) -> Any:
        return self._choose(value).resolve(value, path, report)

    def _sample(self) -> Any:
        return self.scalar_type.sample()

    def _inner_types(self) -> Iterable[ConfigType]:
        return (self.scalar_type, self.non_scalar_type)


def to_field(value: Any, name: str | None = None) -> Field:
    """A field from whatever may stand for one."""
    if isinstance(value, Field):
        return value
    try:
        if isinstance(value, type) and issubclass(value, StructuredConfig):
            field: Field = value.to_config_schema()
            return field
        return Field(value)
    except UnresolvableConfigError as error:
        raise error.inside(name) if name else error from None


def to_config_type(value: Any) -> ConfigType:
    """A config type from whatever may stand for one."""
    if isinstance(value, ConfigType):
        return value
    if isinstance(value, Field):
        return value.config_type
    if isinstance(value, Mapping):
        return _mapping_config_type(value)
    if isinstance(value, list):
        return _list_config_type(value)
    if isinstance(value, type) and typing.get_origin(value) is None:
        return _class_config_type(value)
    if value is Any:
        return ANY
    return _annotation_config_type(value)


def _class_config_type(value: type) -> ConfigType:
    if value in PYTHON_SCALARS:
        return PYTHON_SCALARS[value]
    if value is dict:
        return Permissive()
    if value is list:
        return Array(ANY)
    if issubclass(value, StructuredConfig):
        return to_config_type(value.to_config_schema())
    if issubclass(value, PythonEnum):
        return Enum.from_python_enum(value)
    raise UnresolvableConfigError(value, _KINDS)


def _annotation_config_type(value: Any) -> ConfigType:
    origin, arguments = typing.get_origin(value), typing.get_args(value)
    if origin in (Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return Noneable(next(each for each in arguments if each is not type(None)))
    if origin is typing.Annotated:
        return to_config_type(arguments[0])
    if origin is list:
        return Array(arguments[0] if arguments else ANY)
    if origin in (dict, collections.abc.Mapping):
        return Map(*arguments) if arguments else Permissive()
    if hasattr(value, "type_check_fn"):
        _refuse_runtime_type(value.typing_type)
    raise UnresolvableConfigError(value, "Fields cannot be None" if value is None else _KINDS)


def _refuse_runtime_type(typing_type: Any) -> NoReturn:
    """The types of inputs and outputs are no config types."""
    origin = typing.get_origin(typing_type) or typing_type
    if origin is list:
        raise InvalidConfigDefinitionError(
            "Cannot use List in the context of config. Please use a python list (e.g. [int]) or Array (e.g. Array(int)) instead."
        )
    name = getattr(origin, "__name__", str(origin)).capitalize()
    raise InvalidConfigDefinitionError(
        f"Cannot use {name} in the context of a config field. The types of inputs and outputs and those of config are separate."
    )


def _mapping_config_type(value: Mapping[Any, Any]) -> ConfigType:
    """A shape; or, with a type as its only key, a map from keys of that type."""
    odd = [key for key in value if not isinstance(key, str)]
    if not odd:
        return Shape(value)
    if len(value) != 1:
        raise InvalidConfigDefinitionError(f"Invalid key in map specification: {odd[0]!r} in map {value!r}")
    ((key_type, inner_type),) = value.items()
    try:
        return Map(key_type, inner_type)
    except UnresolvableConfigError as error:
        if error.path:
            raise
        raise UnresolvableConfigError(
            value, f"Map must have a single value and contain a valid type i.e. {{str: int}}. Got item {inner_type!r}"
        ) from None


def _list_config_type(value: list[Any]) -> ConfigType:
    if len(value) != 1:
        raise UnresolvableConfigError(value, "List must be of length 1")
    try:
        return Array(value[0])
    except UnresolvableConfigError as error:
        if error.path:
            raise
        raise UnresolvableConfigError(
            value, f"List have a single item and contain a valid type i.e. [int]. Got item {value[0]!r}"
        ) from None
