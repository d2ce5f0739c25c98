"""The resource definition behind a `ConfigurableResource`."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Set
from contextlib import AbstractContextManager, ExitStack
from copy import copy
from functools import cache
from typing import Any, Protocol

from pydantic.fields import FieldInfo

from headrace.config.binding import resolve_config
from headrace.config.env_var import EnvVar, IntEnvVar, names_in
from headrace.config.pydantic_schema import config_name, model_to_field
from headrace.config.structured import StructuredResource
from headrace.definitions.resources.coercion import DefinesResource, as_resource_definition
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.dependency import RESOURCE_DEPENDENCY
from headrace.definitions.resources.event_loop import opened
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.errors import InvalidConfigError, InvalidDefinitionError


class StartedResource(Protocol):
    """An instance that is used in a run."""

    def yield_for_execution(self, context: InitResourceContext) -> AbstractContextManager[Any]:
        """Sets up, makes the resource, and tears down."""


class ResourceModel(Protocol):
    """A class of such instances."""

    __name__: str
    model_fields: Mapping[str, FieldInfo]

    def needs_teardown(self) -> bool:
        """Whether instances do something when they are no longer needed."""

    def starts_asynchronously(self) -> bool:
        """Whether instances are set up by an `async def`."""

    def started(
        self, values: Mapping[str, Any], context: InitResourceContext, variables: Mapping[str, Set[str]]
    ) -> StartedResource:
        """An instance with final values; `variables` are those that fields were read from."""


class ModelResourceDefinition(ResourceDefinition):
    """Makes an instance of a model from config and other resources.

    Args:
        model: The class.
        given: The fields that are set.
        origin: What the user gave: the instance, or the class with some fields set.
        **more: What the definition takes beside its function, config, description and resources.
    """

    def __init__(self, model: Any, given: Mapping[str, Any], origin: Any, **more: Any) -> None:
        self._model: ResourceModel = model
        dependencies = _dependencies(model)
        self._nested: dict[str, ResourceDefinition] = {
            name: as_resource_definition(each)
            for name, each in given.items()
            if isinstance(each, (DefinesResource, ResourceDefinition))
        }
        self._links: dict[str, str] = {}
        self._given = {
            config_name(name, model.model_fields[name]) if name in model.model_fields else name: each
            for name, each in given.items()
            if name not in self._nested
        }
        super().__init__(
            self._start,
            config_schema=model_to_field(model, given, skip=dependencies | self._nested.keys()),
            description=model.__doc__,
            required_resource_keys=frozenset().union(*(each.required_resource_keys for each in self._nested.values())),
            origin=origin,
            **more,
        )

    def linked(self, keys_by_origin: Mapping[int, str]) -> ResourceDefinition:
        """This resource, using resources beside it where it holds the same ones itself."""
        if not self._nested:
            return self
        linked = copy(self)
        linked._links = {
            name: keys_by_origin[id(each.origin)]
            for name, each in self._nested.items()
            if id(each.origin) in keys_by_origin
        }
        linked._nested = {name: each.linked(keys_by_origin) for name, each in self._nested.items()}
        inner = (each.required_resource_keys for name, each in linked._nested.items() if name not in linked._links)
        linked.required_resource_keys = frozenset(linked._links.values()).union(*inner)
        linked.resource_fn = linked._start
        return linked

    def check_nested(self) -> None:
        """Refuse a resource in a field that lacks config and is nowhere else where run config could give it."""
        for name, each in self._nested.items():
            if name in self._links:
                continue
            if each.config_field.is_required:
                raise InvalidDefinitionError(
                    f"Resource field {name!r} of {self._model.__name__} lacks config. Any partially configured, nested "
                    "resources must be provided as a top level resource, so that run config can complete them."
                )
            each.check_nested()

    @property
    def env_vars(self) -> Set[str]:
        """The environment variables that its fields name, and those of the resources that it holds."""
        nested = (each.env_vars for name, each in self._nested.items() if name not in self._links)
        return names_in(self._given).union(names_in(self.config_binding.fixed), *nested)

    @property
    def needs_teardown(self) -> bool:
        """Whether it, or a resource that it holds, does something when it is no longer needed."""
        return self._model.needs_teardown() or any(each.needs_teardown for each in self._nested.values())

    @property
    def is_async(self) -> bool:
        """Whether it, or a resource that it holds, is started asynchronously."""
        return self._model.starts_asynchronously() or any(each.is_async for each in self._nested.values())

    def _start(self, context: InitResourceContext) -> Iterator[Any]:
        with ExitStack() as stack:
            config = dict(context.resource_config or {})
            fixed = {name: _final(name, each) for name, each in self._given.items() if name not in config}
            nested = {name: self._start_nested(name, context, stack) for name in self._nested}
            variables = {name: names_in(each) for name, each in self._given.items()}
            instance = self._model.started({**config, **fixed, **nested}, context, variables)
            yield stack.enter_context(opened(instance.yield_for_execution(context)))

    def _start_nested(self, name: str, context: InitResourceContext, stack: ExitStack) -> Any:
        if name in self._links:
            return getattr(context.resources, self._links[name])
        definition = self._nested[name]
        message = (
            f"Resource field {name!r} of {self._model.__name__} lacks config. If run config is to complete it, provide "
            "the same object in the definitions' resources as well:"
        )
        config = resolve_config(definition.config_binding, None, message)
        return stack.enter_context(definition.open(context.replace_config(config)))


class ModelIOManagerDefinition(ModelResourceDefinition, IOManagerDefinition):
    """Makes an instance of a model that makes an I/O manager."""


@cache
def check_fields(model: Any) -> None:
    """Refuses a class with fields that are neither config nor other resources; an incomplete one later."""
    if model.is_complete():
        model_to_field(model, skip=_dependencies(model))


def _dependencies(model: ResourceModel) -> frozenset[str]:
    return frozenset(name for name, info in model.model_fields.items() if _is_dependency(info))


def _is_dependency(info: FieldInfo) -> bool:
    candidates = [info.annotation, *typing.get_args(info.annotation)]
    return RESOURCE_DEPENDENCY in info.metadata or any(
        isinstance(each, type) and issubclass(each, StructuredResource) for each in candidates
    )


def _final(name: str, value: Any) -> Any:
    """A value that config could not express; variables among them are read here."""
    if not isinstance(value, (EnvVar, IntEnvVar)):
        return value
    final = value.get_value()
    if final is None:
        raise InvalidConfigError(f"Field {name!r}: the environment variable {value.env_var_name!r} is not set.")
    return final
