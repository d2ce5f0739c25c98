"""The error about an annotation that stands for no config."""

from __future__ import annotations

from typing import Any

from headrace.errors import InvalidConfigDefinitionError

_SUPPORTED = """This config type can be a:
    - Python primitive type
        - int, float, bool, str, list
    - An Enum, a Literal of strings, or Any
    - A Python Dict or List type, or an Optional, containing other valid types
    - Custom data classes extending Config
    - A union of those with a discriminator, as pydantic has it"""
_OF_MODELS = """
    - Whatever pydantic makes of plain values, such as datetime, Path or another BaseModel"""
_OF_RESOURCES = """

If this config type represents a resource dependency, its annotation must either:
    - Extend ConfigurableResource, ConfigurableIOManager, or
    - Be wrapped in a ResourceDependency annotation, e.g. ResourceDependency[{name}]
What a resource makes for itself when it starts is a PrivateAttr."""


class UnsupportedAnnotationError(InvalidConfigDefinitionError):
    """An annotation stands for nothing that config can say.

    Args:
        annotation: The annotation.
        where: What it is the annotation of.
        hint: What would be right there, beside the types that are config anywhere.
    """

    def __init__(self, annotation: Any, where: str = "", hint: str = "") -> None:
        self.annotation = annotation
        super().__init__(
            f"Error defining config class{where}.\nUnable to resolve config type {annotation!r} to a supported config type.\n\n\n"
            f"{_SUPPORTED}{hint}"
        )


class UnsupportedFieldError(UnsupportedAnnotationError):
    """The annotation of a field of a model does.

    Args:
        annotation: The annotation.
        model: The class.
        name: The field.
        of_resource: Whether the class is one of resources.
    """

    def __init__(self, annotation: Any, model: type, name: str, *, of_resource: bool) -> None:
        named = getattr(annotation, "__name__", repr(annotation))
        hint = _OF_MODELS + (_OF_RESOURCES.format(name=named) if of_resource else "")
        super().__init__(annotation, f" {model!r} on field {name!r}", hint)
