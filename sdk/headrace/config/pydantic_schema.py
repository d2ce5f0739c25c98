"""The config schema that a pydantic model stands for, and the way back from config to the model's values."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Mapping
from enum import Enum as PythonEnum
from typing import Any, Union

from pydantic import BaseModel, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter
from pydantic.fields import FieldInfo

from headrace.config.enums import Enum, EnumValue
from headrace.config.env_var import EnvVar, IntEnvVar
from headrace.config.fields import Array, Field, Map, Noneable, Permissive, Selector, Shape
from headrace.config.run_config import to_plain
from headrace.config.sources import BoolSource, FloatSource, IntSource, Source, StringSource
from headrace.config.structured import StructuredResource
from headrace.config.types import ANY, ConfigType, String
from headrace.config.unsupported import UnsupportedAnnotationError, UnsupportedFieldError
from headrace.errors import InvalidConfigDefinitionError, InvalidConfigError, InvalidDefinitionError
from headrace.undefined import UNDEFINED

_SCALARS: dict[Any, ConfigType] = {str: StringSource, int: IntSource, float: FloatSource, bool: BoolSource}
_MISSING: Mapping[str, Any] = {}


def model_to_field(
    model: type[BaseModel], given: Mapping[str, Any] = _MISSING, skip: frozenset[str] = frozenset()
) -> Field:
    """The schema of a model.

    Args:
        model: The model.
        given: Values that are set already; they become defaults.
        skip: Fields that are not config.
    """
    fields = {
        config_name(name, info): _field_of_model(model, name, info, given.get(name, UNDEFINED))
        for name, info in model.model_fields.items()
        if name not in skip
    }
    shape = Permissive if model.model_config.get("extra") == "allow" else Shape
    return Field(shape(fields, description=model.__doc__))


def config_name(name: str, info: FieldInfo) -> str:
    """What a field is called in config: its alias, if it has one."""
    return info.alias or name


def _field_of_model(model: type[BaseModel], name: str, info: FieldInfo, given: Any) -> Field:
    if isinstance(info.default, Field):
        raise InvalidDefinitionError(
            f"Using 'headrace.Field' is not supported within a Pythonic config or resource definition: see {name!r} of "
            f"{model.__name__}. 'headrace.Field' should only be used in config schemas. Did you mean to use 'pydantic.Field' "
            "instead?"
        )
    try:
        return _field_of(info, given)
    except UnsupportedFieldError:
        raise  # that of a model inside of this one, which is to be changed
    except UnsupportedAnnotationError as error:
        of_resource = issubclass(model, StructuredResource)
        raise UnsupportedFieldError(error.annotation, model, name, of_resource=of_resource) from None


def _field_of(info: FieldInfo, given: Any) -> Field:
    if info.discriminator:
        config_type: ConfigType = _discriminated(info.annotation, str(info.discriminator))
    else:
        config_type = annotation_to_type(info.annotation, info.metadata)
    default = _default(info) if given is UNDEFINED else given
    if default is UNDEFINED:
        implied = isinstance(config_type, Noneable) or (isinstance(config_type, Shape) and config_type.may_be_empty)
        required = None if implied else info.is_required()
        return Field(config_type, is_required=required, description=info.description)
    if isinstance(default, (EnvVar, IntEnvVar)) and not _takes_variables(config_type):
        return Field(config_type, is_required=False, description=info.description)
    try:
        plain = to_plain(_plain(default, info.discriminator))
        plain = plain.name if isinstance(plain, PythonEnum) else plain
        return Field(config_type, default_value=plain, description=info.description)
    except (InvalidConfigDefinitionError, InvalidConfigError):
        # A default that config cannot express is left to the model.
        return Field(config_type, is_required=False, description=info.description)


def _takes_variables(config_type: ConfigType) -> bool:
    inner = config_type.inner_type if isinstance(config_type, Noneable) else config_type
    return isinstance(inner, Source)


def annotation_to_type(annotation: Any, metadata: typing.Sequence[Any] = ()) -> ConfigType:
    """The config type of an annotation; what config has no type for is left to the model to check.

    Raises:
        UnsupportedAnnotationError: no config could give it.
    """
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if isinstance(annotation, type) and typing.get_origin(annotation) is None:
        return _class_type(annotation, metadata)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return annotation_to_type(arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is typing.Literal:
        return _literal(arguments)
    if origin in (list, collections.abc.Sequence, set, frozenset):
        return Array(annotation_to_type(arguments[0]) if arguments else ANY)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return Array(annotation_to_type(arguments[0]))
    if origin in (dict, collections.abc.Mapping) and not arguments:
        return Permissive()
    if origin in (dict, collections.abc.Mapping) and arguments[0] is str:
        return Map(String, annotation_to_type(arguments[1]))
    return _left_to_model(annotation, metadata)


def to_model_values(model: type[BaseModel], config: Mapping[str, Any]) -> dict[str, Any]:
    """The model's values from config: discriminated unions are flattened, the rest goes to the model as it is."""
    values = dict(config)
    for name, info in model.model_fields.items():
        key = config_name(name, info)
        if key not in values:
            continue
        if _is_default(info, values[key]):
            # Validators see what was given, not what was left out.
            del values[key]
        else:
            values[key] = _value(info.annotation, info.discriminator, values[key])
    return values


def _is_default(info: FieldInfo, value: Any) -> bool:
    default = info.default
    return not info.is_required() and type(value) is type(default) and bool(value == default)


def _value(annotation: Any, discriminator: Any, value: Any) -> Any:
    if discriminator and isinstance(value, Mapping) and len(value) == 1:
        ((choice, inner),) = value.items()
        member = _members(annotation, str(discriminator)).get(choice)
        if member is not None and isinstance(inner, Mapping):
            return {str(discriminator): choice, **to_model_values(member, inner)}
    model = _model_in(annotation)
    if model is not None and isinstance(value, Mapping):
        return to_model_values(model, value)
    if isinstance(value, list) and typing.get_args(annotation):
        return [_value(typing.get_args(annotation)[0], None, each) for each in value]
    return value


def _model_in(annotation: Any) -> type[BaseModel] | None:
    candidates = [annotation, *typing.get_args(annotation)]
    models = [each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)]
    return models[0] if len(models) == 1 else None


def _class_type(annotation: type, metadata: typing.Sequence[Any]) -> ConfigType:
    if issubclass(annotation, BaseModel):
        return model_to_field(annotation).config_type
    if issubclass(annotation, PythonEnum):
        # The model makes members of the values, as it would of JSON.
        return Enum(annotation.__name__, [EnumValue(each.name, each.value) for each in annotation])
    if annotation is dict:
        return Permissive()
    if annotation is list:
        return Array(ANY)
    return _left_to_model(annotation, metadata)


def _left_to_model(annotation: Any, metadata: typing.Sequence[Any]) -> ConfigType:
    """Whatever pydantic can make of plain values; of other classes a model takes only the instances that there are."""
    annotated: Any = (annotation, *metadata)
    whole: Any = typing.Annotated[annotated] if metadata else annotation
    try:
        TypeAdapter(whole)
    except PydanticSchemaGenerationError:
        raise UnsupportedAnnotationError(annotation) from None
    except PydanticUserError:
        pass  # its class is not complete yet
    return ANY


def _union(arguments: tuple[Any, ...]) -> ConfigType:
    members = [each for each in arguments if each is not type(None)]
    inner = annotation_to_type(members[0]) if len(members) == 1 else ANY
    return Noneable(inner) if len(members) < len(arguments) else inner


def _literal(arguments: tuple[Any, ...]) -> ConfigType:
    if not all(isinstance(each, str) for each in arguments):
        return ANY
    return Enum(" | ".join(arguments), [EnumValue(each) for each in arguments])


def _discriminated(annotation: Any, discriminator: str) -> ConfigType:
    fields = {}
    for choice, member in _members(annotation, discriminator).items():
        fields[choice] = model_to_field(member, skip=frozenset({discriminator}))
    optional = type(None) in typing.get_args(annotation)
    selector = Selector(fields)
    return Noneable(selector) if optional else selector


def _members(annotation: Any, discriminator: str) -> dict[str, type[BaseModel]]:
    members: dict[str, type[BaseModel]] = {}
    for member in typing.get_args(annotation):
        if not (isinstance(member, type) and issubclass(member, BaseModel)):
            continue
        for choice in typing.get_args(member.model_fields[discriminator].annotation):
            members[str(choice)] = member
    return members


def _default(info: FieldInfo) -> Any:
    if info.discriminator and info.default_factory is not None:
        return info.get_default(call_default_factory=True)
    if info.is_required() or info.default_factory is not None:
        return UNDEFINED
    return info.default


def to_config_value(model: BaseModel) -> dict[str, Any]:
    """What run config would say to get this object: the fields that were set, or have a value by default."""
    config = {
        config_name(name, info): _plain(getattr(model, name), info.discriminator)
        for name, info in type(model).model_fields.items()
        if name in model.model_fields_set or getattr(model, name) is not None
    }
    return {**config, **(model.model_extra or {})}


def _plain(value: Any, discriminator: Any = None) -> Any:
    """A value as config gives it: models as mappings, members of enums by name."""
    if isinstance(value, BaseModel):
        config = to_config_value(value)
        if discriminator is None:
            return config
        config.pop(str(discriminator), None)
        return {getattr(value, str(discriminator)): config}
    if isinstance(value, PythonEnum):
        return value.name
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value
