"""`ConfigurableIOManager`: I/O managers as pydantic models."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from headrace.definitions.resources.configurable_resource import ConfigurableResourceFactory
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.io_manager import IOManager, IOManagerDefinition
from headrace.definitions.resources.model_resource import ModelIOManagerDefinition

M = TypeVar("M", bound=IOManager)


class ConfigurableIOManagerFactory(ConfigurableResourceFactory[M]):
    """The base of models that make an I/O manager: implement `create_io_manager`."""

    @abstractmethod
    def create_io_manager(self, context: InitResourceContext) -> M:
        """Makes the I/O manager."""

    @classmethod
    def input_config_schema(cls) -> Any:
        """What config an input takes that is loaded with it: a `Config` class or another schema; None for no config."""
        return None

    @classmethod
    def output_config_schema(cls) -> Any:
        """What config an output takes that is stored with it: a `Config` class or another schema; None for no config."""
        return None

    @classmethod
    def make_definition(cls, given: Mapping[str, Any], origin: Any) -> IOManagerDefinition:
        """A definition of an I/O manager of this class with these fields set."""
        return ModelIOManagerDefinition(
            cls,
            given,
            origin,
            input_config_schema=cls.input_config_schema(),
            output_config_schema=cls.output_config_schema(),
        )

    def create_resource(self, context: InitResourceContext) -> M:
        """The I/O manager."""
        return self.create_io_manager(context)


class ConfigurableIOManager(ConfigurableIOManagerFactory[IOManager], IOManager):
    """The base of I/O managers with fields: implement `handle_output` and `load_input`."""

    makes_something_else: ClassVar[bool] = False

    def create_io_manager(self, context: InitResourceContext) -> IOManager:
        """The I/O manager itself."""
        return self
