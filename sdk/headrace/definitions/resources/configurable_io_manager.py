"""`ConfigurableIOManager`: I/O managers as pydantic models."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from headrace.definitions.resources.configurable_resource import ConfigurableResourceFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManager

M = TypeVar("M", bound=IOManager)


class ConfigurableIOManagerFactory(ConfigurableResourceFactory[M]):
    """The base of models that make an I/O manager: implement `create_io_manager`."""

    @abstractmethod
    def create_io_manager(self, context: InitResourceContext) -> M:
        """Makes the I/O manager."""

    def create_resource(self, context: InitResourceContext) -> M:
        """The I/O manager."""
        return self.create_io_manager(context)


class ConfigurableIOManager(ConfigurableIOManagerFactory[IOManager], IOManager):
    """The base of I/O managers with fields: implement `handle_output` and `load_input`."""

    def create_io_manager(self, context: InitResourceContext) -> IOManager:
        """The I/O manager itself."""
        return self
