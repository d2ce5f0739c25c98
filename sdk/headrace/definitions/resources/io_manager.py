"""I/O managers: how outputs are stored and inputs loaded."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Set
from typing import Any, overload

from headrace.config.fields import Field, to_field
from headrace.definitions.resources.resource import ResourceDefinition, ResourceFunction, function_source


class InputManager(ABC):
    """Loads inputs."""

    @abstractmethod
    def load_input(self, context: Any) -> Any:
        """Loads the input that the `InputContext` describes."""


class OutputManager(ABC):
    """Stores outputs."""

    @abstractmethod
    def handle_output(self, context: Any, obj: Any) -> None:
        """Stores the value of the output that the `OutputContext` describes."""


class IOManager(InputManager, OutputManager):
    """Stores outputs and loads them as inputs of what comes after."""


class InputManagerDefinition(ResourceDefinition):
    """A function that makes an `InputManager`.

    Args:
        resource_fn: Takes an `InitResourceContext` (or nothing); returns the input manager.
        config_schema: What config it takes.
        description: What it is.
        input_config_schema: What config an input takes that is loaded with it.
        required_resource_keys: Other resources that it reads from `context.resources`.
        version: The version of its code.
        **more: What `ResourceDefinition` takes.
    """

    def __init__(
        self,
        resource_fn: ResourceFunction,
        config_schema: Any = None,
        description: str | None = None,
        input_config_schema: Any = None,
        required_resource_keys: Set[str] | None = None,
        version: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(resource_fn, config_schema, description, required_resource_keys, version, **more)
        self.input_config_field: Field | None = None if input_config_schema is None else to_field(input_config_schema)

    @property
    def input_config_schema(self) -> Field | None:
        """What config an input takes that is loaded with it."""
        return self.input_config_field


class IOManagerDefinition(InputManagerDefinition):
    """A function that makes an `IOManager`.

    Args:
        resource_fn: Takes an `InitResourceContext` (or nothing); returns the I/O manager.
        config_schema: What config it takes.
        description: What it is.
        required_resource_keys: Other resources that it reads from `context.resources`.
        version: The version of its code.
        input_config_schema: What config an input takes that is loaded with it.
        output_config_schema: What config an output takes that is stored with it.
        **more: What `ResourceDefinition` takes.
    """

    def __init__(
        self,
        resource_fn: ResourceFunction,
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: Set[str] | None = None,
        version: str | None = None,
        input_config_schema: Any = None,
        output_config_schema: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(
            resource_fn, config_schema, description, input_config_schema, required_resource_keys, version, **more
        )
        self.output_config_field: Field | None = (
            None if output_config_schema is None else to_field(output_config_schema)
        )

    @property
    def output_config_schema(self) -> Field | None:
        """What config an output takes that is stored with it."""
        return self.output_config_field

    @staticmethod
    def hardcoded_io_manager(value: IOManager, description: str | None = None) -> IOManagerDefinition:
        """A definition of this I/O manager."""
        return IOManagerDefinition(lambda: value, description=description, origin=value)


@overload
def io_manager(config_schema: ResourceFunction) -> IOManagerDefinition: ...


@overload
def io_manager(
    config_schema: Any = ...,
    description: str | None = ...,
    output_config_schema: Any = ...,
    input_config_schema: Any = ...,
    required_resource_keys: Set[str] | None = ...,
    version: str | None = ...,
) -> Callable[[ResourceFunction], IOManagerDefinition]: ...


def io_manager(
    config_schema: Any = None,
    description: str | None = None,
    output_config_schema: Any = None,
    input_config_schema: Any = None,
    required_resource_keys: Set[str] | None = None,
    version: str | None = None,
) -> IOManagerDefinition | Callable[[ResourceFunction], IOManagerDefinition]:
    """Makes an I/O manager definition of a function that takes an `InitResourceContext` (or nothing).

    Args:
        config_schema: What config it takes.
        description: What it is; the function's docstring when left out.
        output_config_schema: What config an output takes that is stored with it.
        input_config_schema: What config an input takes that is loaded with it.
        required_resource_keys: Other resources that it reads from `context.resources`.
        version: The version of its code.
    """
    if inspect.isfunction(config_schema):
        return IOManagerDefinition(
            config_schema, description=config_schema.__doc__, source=function_source(config_schema)
        )

    def make(function: ResourceFunction) -> IOManagerDefinition:
        return IOManagerDefinition(
            function,
            config_schema,
            description or function.__doc__,
            required_resource_keys,
            version,
            input_config_schema,
            output_config_schema,
            source=function_source(function),
        )

    return make


@overload
def input_manager(config_schema: ResourceFunction) -> InputManagerDefinition: ...


@overload
def input_manager(
    config_schema: Any = ...,
    description: str | None = ...,
    input_config_schema: Any = ...,
    required_resource_keys: Set[str] | None = ...,
    version: str | None = ...,
) -> Callable[[ResourceFunction], InputManagerDefinition]: ...


def input_manager(
    config_schema: Any = None,
    description: str | None = None,
    input_config_schema: Any = None,
    required_resource_keys: Set[str] | None = None,
    version: str | None = None,
) -> InputManagerDefinition | Callable[[ResourceFunction], InputManagerDefinition]:
    """Makes an input manager of a function that takes an `InputContext` and returns the input's value.

    Args:
        config_schema: What config it takes.
        description: What it is; the function's docstring when left out.
        input_config_schema: What config an input takes that is loaded with it.
        required_resource_keys: Resources that it reads from `context.resources`.
        version: The version of its code.
    """

    def make(function: ResourceFunction) -> InputManagerDefinition:
        return InputManagerDefinition(
            lambda: _FunctionInputManager(function),
            None if inspect.isfunction(config_schema) else config_schema,
            description or function.__doc__,
            input_config_schema,
            required_resource_keys,
            version,
            source=function_source(function),
        )

    return make(config_schema) if inspect.isfunction(config_schema) else make


class _FunctionInputManager(InputManager):
    """Loads inputs with a function."""

    def __init__(self, function: ResourceFunction) -> None:
        self._function = function
        self._takes_context = bool(inspect.signature(function).parameters)

    def load_input(self, context: Any) -> Any:
        loaded = self._function(context) if self._takes_context else self._function()
        return loaded.load_input(context) if isinstance(loaded, InputManager) else loaded
