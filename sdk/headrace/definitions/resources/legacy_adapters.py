"""Models around resources and I/O managers that are functions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from headrace.config.binding import resolve_config
from headrace.config.pydantic_schema import to_config_value
from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.configurable_resource import ConfigurableResourceFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManager, IOManagerDefinition
from headrace.definitions.resources.resource import ResourceDefinition


class ConfigurableLegacyResourceAdapter(ConfigurableResourceFactory[Any]):
    """A model whose fields are the config of a resource that is a function; implement `wrapped_resource`."""

    @property
    @abstractmethod
    def wrapped_resource(self) -> ResourceDefinition:
        """The resource that is made."""

    def create_resource(self, context: InitResourceContext) -> Any:
        """Not used: the wrapped resource is opened instead."""
        raise NotImplementedError

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Generator[Any, None, None]:
        """Opens the wrapped resource with the fields as its config."""
        with self.wrapped_resource.open(_with_fields(self, self.wrapped_resource, context)) as resource:
            yield resource


class ConfigurableLegacyIOManagerAdapter(ConfigurableIOManagerFactory[IOManager]):
    """A model whose fields are the config of an I/O manager that is a function; implement `wrapped_io_manager`."""

    @property
    @abstractmethod
    def wrapped_io_manager(self) -> IOManagerDefinition:
        """The I/O manager that is made."""

    def create_io_manager(self, context: InitResourceContext) -> IOManager:
        """Not used: the wrapped I/O manager is opened instead."""
        raise NotImplementedError

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Generator[IOManager, None, None]:
        """Opens the wrapped I/O manager with the fields as its config."""
        with self.wrapped_io_manager.open(_with_fields(self, self.wrapped_io_manager, context)) as manager:
            yield manager


def _with_fields(
    adapter: ConfigurableResourceFactory[Any], wrapped: ResourceDefinition, context: InitResourceContext
) -> InitResourceContext:
    message = f"The fields of {type(adapter).__name__} are no config for what it wraps:"
    return context.replace_config(resolve_config(wrapped.config_binding, to_config_value(adapter), message))
