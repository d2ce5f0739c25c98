"""Whatever users give as a resource, as a `ResourceDefinition`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from headrace.config.structured import StructuredResource
from headrace.definitions.resources.io_manager import IOManager, IOManagerDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidDefinitionError


class DefinesResource(StructuredResource, ABC):
    """An object, such as a `ConfigurableResource`, that has a definition of its own."""

    @classmethod
    def unset(cls) -> DefinesResource:
        """One of this class with nothing set."""
        raise InvalidDefinitionError(f"{cls.__name__} cannot be left for config to complete.")

    @abstractmethod
    def get_resource_definition(self) -> ResourceDefinition:
        """The definition."""


def as_resource_definition(value: Any) -> ResourceDefinition:
    """The definition of a resource: of itself, of a `ConfigurableResource`, or of a plain value."""
    if isinstance(value, ResourceDefinition):
        return value
    if isinstance(value, DefinesResource):
        return value.get_resource_definition()
    if isinstance(value, IOManager):
        return IOManagerDefinition.hardcoded_io_manager(value)
    if isinstance(value, type) and issubclass(value, StructuredResource):
        raise InvalidDefinitionError(
            f"{value.__name__} was given as a resource, but it is the class; give an instance: {value.__name__}(...)."
        )
    return ResourceDefinition.hardcoded_resource(value)


def as_resource_definitions(resources: Mapping[str, Any] | None) -> dict[str, ResourceDefinition]:
    """The definitions of resources by name; a resource that others hold as a field is started once for all of them."""
    definitions = {}
    for name, value in (resources or {}).items():
        if not isinstance(name, str) or not name.isidentifier():
            raise InvalidDefinitionError(f"A resource's name must be a Python identifier, not {name!r}.")
        definitions[name] = as_resource_definition(value)
    keys = {id(definition.origin): name for name, definition in definitions.items()}
    linked = {name: definition.linked(keys) for name, definition in definitions.items()}
    for each in linked.values():
        each.check_nested()
    return linked
