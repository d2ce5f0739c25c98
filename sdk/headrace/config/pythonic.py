"""`Config`: config as pydantic models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from headrace.config.annotations import own_annotations
from headrace.config.env_var import EnvVar, IntEnvVar
from headrace.config.fields import Field, Shape
from headrace.config.issues import ConfigIssue, Path, at
from headrace.config.pydantic_schema import model_to_field, to_config_value, to_model_values
from headrace.config.structured import StructuredConfig
from headrace.errors import InvalidConfigError, InvalidInvocationError


class Config(BaseModel, StructuredConfig):
    """The base of config models: annotate the `config` parameter of an op or asset with a subclass.

    Fields may be scalars, lists, dicts, enums, other models, and unions of models with a discriminator. A field may
    be given as `EnvVar("NAME")`, or as `{env: NAME}` in run config.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, protected_namespaces=())

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        names = [name for name, annotation in own_annotations(cls).items() if _may_be_reference(annotation)]
        if names:
            # One validator for all fields would be shorter, but pydantic wants discriminators without any.
            keep = field_validator(*names, mode="wrap", check_fields=False)(_keep_references)
            setattr(cls, f"_keep_references_in_{cls.__name__}", keep)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).model_fields:
            raise InvalidInvocationError(f"'{type(self).__name__}' is {self._frozen_because(name)}")
        super().__setattr__(name, value)

    @staticmethod
    def _frozen_because(name: str) -> str:
        return (
            "a Pythonic config class and does not support item assignment. Make a changed copy instead: "
            f"config.model_copy(update={{{name!r}: ...}})."
        )

    @classmethod
    def is_reference(cls, value: Any) -> bool:
        """Whether a value stands for one that is known only when a run starts."""
        return isinstance(value, (EnvVar, IntEnvVar))

    @classmethod
    def is_complete(cls) -> bool:
        """Whether everything that its annotations name is there by now."""
        return cls.__pydantic_complete__

    @classmethod
    def to_config_schema(cls) -> Field:
        """The schema."""
        return model_to_field(cls)

    @classmethod
    def to_fields_dict(cls) -> dict[str, Field]:
        """The schema of each field."""
        shape = cls.to_config_schema().config_type
        assert isinstance(shape, Shape)
        return dict(shape.fields)

    @classmethod
    def from_config(cls, value: Any, path: Path = ()) -> Any:
        """An instance from config that has been checked and resolved against the schema.

        Args:
            value: The config.
            path: Where it stands in the run config, for messages.
        """
        try:
            return cls.model_validate(to_model_values(cls, value or {}))
        except ValidationError as error:
            raise _invalid(cls.__name__, path, error) from None

    def to_config_value(self) -> dict[str, Any]:
        """What run config would say to get this object."""
        return to_config_value(self)


class PermissiveConfig(Config):
    """A `Config` that takes any other fields as well."""

    model_config = ConfigDict(extra="allow")


@classmethod  # type: ignore[misc]
def _keep_references(cls: type[Config], value: Any, validate: Callable[[Any], Any], info: ValidationInfo[Any]) -> Any:
    """What is known only when a run starts cannot be validated before."""
    if cls.is_reference(value) or _holds_variables(value):
        return value
    try:
        return validate(value)
    except ValidationError:
        member = _member_named(cls.model_fields[str(info.field_name)].annotation, value)
        if member is None:
            raise
        return member


def _holds_variables(value: Any) -> bool:
    if isinstance(value, (EnvVar, IntEnvVar)):
        return True
    if isinstance(value, Mapping):
        return any(map(_holds_variables, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_holds_variables, value))


def _member_named(annotation: Any, value: Any) -> Enum | None:
    """The member of an enum that config would mean by this name."""
    if isinstance(value, str) and isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation.__members__.get(value)
    return None


def _may_be_reference(annotation: Any) -> bool:
    return "Literal[" not in (annotation if isinstance(annotation, str) else repr(annotation))


def _invalid(name: str, path: Path, error: ValidationError) -> InvalidConfigError:
    issues = tuple(
        ConfigIssue(where := (*path, *map(str, each["loc"])), f"{each['msg']} {at(where)}", "value")
        for each in error.errors(include_url=False, include_input=False)
    )
    return InvalidConfigError(f"Config for {name} is invalid:", issues=issues)
