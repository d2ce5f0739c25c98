"""Resources: what ops and assets need from outside, such as a database client."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from copy import copy
from typing import Any, ClassVar, overload

from headrace.config.binding import ConfigBinding, OwnConfig, configure
from headrace.config.env_var import names_in
from headrace.config.fields import Field, Shape
from headrace.config.sources import StringSource
from headrace.config.types import ANY
from headrace.definitions.docstrings import docstring_of
from headrace.definitions.resources.context import InitResourceContext
from headrace.definitions.resources.event_loop import is_async_manager, opened
from headrace.definitions.resources.invocation import context_parameter, invoke_resource
from headrace.definitions.source import SourceLocation, calling_source
from headrace.errors import InvalidDefinitionError
from headrace.undefined import UNDEFINED

ResourceFunction = Callable[..., Any]


class ResourceDefinition:
    """A function that makes a resource, with its config schema.

    Args:
        resource_fn: Takes an `InitResourceContext` (or nothing); returns the resource, yields it once and cleans up
            afterwards, or returns a context manager made with `contextlib`.
        config_schema: What config it takes.
        description: What it is.
        required_resource_keys: Other resources that it reads from `context.resources`.
        version: The version of its code.
        source: Where it was written.
        origin: What the user gave, when it was something else than this definition.
    """

    makes_something_else: ClassVar[bool] = True

    def __init__(
        self,
        resource_fn: ResourceFunction,
        config_schema: Any = None,
        description: str | None = None,
        required_resource_keys: Set[str] | None = None,
        version: str | None = None,
        source: SourceLocation | None = None,
        origin: Any = UNDEFINED,
    ) -> None:
        self.resource_fn = resource_fn
        self.description = description
        self.required_resource_keys = frozenset(required_resource_keys or ())
        self.version = version
        self.source = source or calling_source()
        self.origin: Any = self if origin is UNDEFINED else origin
        self.config_binding: ConfigBinding = OwnConfig(config_schema)
        _check_parameters(resource_fn)

    @property
    def config_field(self) -> Field:
        """The schema of the config."""
        return self.config_binding.field

    config_schema = config_field

    def configured(
        self, config_or_config_fn: Any, config_schema: Any = None, description: str | None = None
    ) -> ResourceDefinition:
        """This resource with its config fixed, or made by a function from config of another schema.

        Args:
            config_or_config_fn: The config, or a function that takes config and returns this resource's config.
            config_schema: What the function takes.
            description: What the new resource is.
        """
        configured = copy(self)
        configured.description = description if description is not None else self.description
        configured.source = calling_source()
        configured.origin = configured
        configured.version = None
        configured.config_binding = configure(
            self.config_binding, config_or_config_fn, config_schema, f"resource at {self.source}"
        )
        return configured

    def linked(self, keys_by_origin: Mapping[int, str]) -> ResourceDefinition:
        """This resource, using resources beside it where it holds the same ones itself.

        Args:
            keys_by_origin: The names of the resources beside it, by the `id` of what the user gave.
        """
        return self

    def check_nested(self) -> None:
        """Refuses resources inside of it that nothing could complete."""

    @property
    def env_vars(self) -> Set[str]:
        """The environment variables that its fixed config names."""
        return names_in(self.config_binding.fixed)

    @property
    def needs_teardown(self) -> bool:
        """Whether it does something when it is no longer needed: its function is a generator."""
        return inspect.isgeneratorfunction(inspect.unwrap(self.resource_fn)) or self.is_async

    @property
    def is_async(self) -> bool:
        """Whether it is started asynchronously: its function is an asynchronous generator."""
        return is_async_manager(self.resource_fn)

    def open(self, context: InitResourceContext) -> AbstractContextManager[Any]:
        """Makes the resource on entry and cleans up on exit; `context.resource_config` is final config."""
        return _opened(self.resource_fn, () if context_parameter(self.resource_fn) is None else (context,))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the function with a context that a test made; with None if it needs nothing of a context."""
        return invoke_resource(self, args, kwargs)

    @staticmethod
    def hardcoded_resource(value: Any, description: str | None = None) -> ResourceDefinition:
        """A resource that is this value."""
        return ResourceDefinition(lambda: value, description=description, origin=value)

    @staticmethod
    def none_resource(description: str | None = None) -> ResourceDefinition:
        """A resource that is None."""
        return ResourceDefinition.hardcoded_resource(None, description)

    @staticmethod
    def string_resource(description: str | None = None) -> ResourceDefinition:
        """A resource that is the string in its config."""
        return ResourceDefinition(_from_config, StringSource, description)

    @staticmethod
    def mock_resource(description: str | None = None) -> ResourceDefinition:
        """A resource that is a `MagicMock`, for tests."""
        return ResourceDefinition(_mock, description=description)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(at {self.source})"


@overload
def resource(config_schema: ResourceFunction) -> ResourceDefinition: ...


@overload
def resource(
    config_schema: Any = ...,
    description: str | None = ...,
    required_resource_keys: Set[str] | None = ...,
    version: str | None = ...,
) -> Callable[[ResourceFunction], ResourceDefinition]: ...


def resource(
    config_schema: Any = None,
    description: str | None = None,
    required_resource_keys: Set[str] | None = None,
    version: str | None = None,
) -> ResourceDefinition | Callable[[ResourceFunction], ResourceDefinition]:
    """Makes a resource of a function that takes an `InitResourceContext` (or nothing).

    Args:
        config_schema: What config it takes.
        description: What it is; the function's docstring when left out.
        required_resource_keys: Other resources that it reads from `context.resources`.
        version: The version of its code.
    """
    if inspect.isfunction(config_schema):
        return make_resource(config_schema)

    def make(function: ResourceFunction) -> ResourceDefinition:
        return make_resource(
            function,
            config_schema=config_schema,
            description=description,
            required_resource_keys=required_resource_keys,
            version=version,
        )

    return make


def make_resource(function: ResourceFunction, **arguments: Any) -> ResourceDefinition:
    """A resource of a function, described by its docstring."""
    arguments["description"] = arguments.get("description") or docstring_of(function)
    return ResourceDefinition(function, source=function_source(function), **arguments)


def make_values_resource(**kwargs: Any) -> ResourceDefinition:
    """A resource that is the values in its config.

    Args:
        **kwargs: The values' types by name; any config at all when there are none.
    """
    return ResourceDefinition(_from_config, Shape(kwargs) if kwargs else ANY)


def function_source(function: Callable[..., Any]) -> SourceLocation:
    """Where a resource's function was written."""
    code = inspect.unwrap(function).__code__
    return SourceLocation(code.co_filename, code.co_firstlineno)


def _from_config(context: InitResourceContext) -> Any:
    return context.resource_config


def _mock(_context: InitResourceContext) -> Any:
    from unittest.mock import MagicMock

    return MagicMock()


def _check_parameters(function: ResourceFunction) -> None:
    parameters = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    required = [parameter for parameter in parameters if parameter.default is parameter.empty]
    if len(required) > 1:
        names = ", ".join(parameter.name for parameter in required[1:])
        raise InvalidDefinitionError(
            "A resource's function expects only a single positional required argument. Got required extra params "
            f"{names}: it takes a context, or nothing."
        )


@contextmanager
def _opened(function: ResourceFunction, arguments: tuple[Any, ...]) -> Iterator[Any]:
    made = function(*arguments)
    if inspect.isasyncgen(made):
        with opened(asynccontextmanager(lambda: made)()) as value:
            yield value
    elif inspect.isgenerator(made):
        with contextmanager(lambda: made)() as value:
            yield value
    elif isinstance(made, (AbstractContextManager, AbstractAsyncContextManager)) and _is_contextlib(made):
        with opened(made) as value:
            yield value
    else:
        yield made


def _is_contextlib(made: Any) -> bool:
    """Only context managers made with `contextlib`: a client that happens to be one must arrive unopened."""
    return type(made).__module__ == "contextlib"
