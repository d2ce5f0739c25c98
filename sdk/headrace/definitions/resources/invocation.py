"""Calling a resource's function directly, as tests do."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from headrace.config.binding import FixedConfig, resolve_config
from headrace.definitions.resources.context import InitResourceContext
from headrace.errors import InvalidInvocationError, ResourceNotProvidedError

if TYPE_CHECKING:
    from headrace.definitions.resources.resource import ResourceDefinition


def context_parameter(function: Callable[..., Any]) -> str | None:
    """The name of the parameter that takes the context; None if there is none."""
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            return parameter.name
    return None


def invoke_resource(definition: ResourceDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What a resource's function returns for the context that it is called with.

    Args:
        definition: The resource.
        args: The context, made with `build_init_resource_context`, or None; nothing if the function takes none.
        kwargs: The same by name.
    """
    name = context_parameter(definition.resource_fn)
    if name is None:
        if args or kwargs:
            raise InvalidInvocationError(
                "Attempted to invoke resource with argument, but underlying function has no context argument. Either specify a "
                "context argument on the resource function, or remove the passed-in argument."
            )
        return definition.resource_fn()
    return definition.resource_fn(_ready(definition, _given(name, args, kwargs)))


def _given(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> InitResourceContext | None:
    if len(args) + len(kwargs) > 1:
        raise InvalidInvocationError("A resource is called with a context and nothing else.")
    if kwargs and name not in kwargs:
        raise InvalidInvocationError(f"Resource initialization expected argument {name!r}.")
    if not args and not kwargs:
        raise InvalidInvocationError(
            "Resource initialization function has context argument, but no context was provided when invoking."
        )
    context = args[0] if args else kwargs[name]
    if context is not None and not isinstance(context, InitResourceContext):
        raise InvalidInvocationError(
            f"A resource is called with a context, made with build_init_resource_context(), or with None; not {context!r}."
        )
    return context


def _ready(definition: ResourceDefinition, context: InitResourceContext | None) -> InitResourceContext:
    if context is None:
        if definition.required_resource_keys:
            raise InvalidInvocationError("Resource has required resources, but no context was provided.")
        if definition.config_field.is_required:
            raise InvalidInvocationError("Resource has required config schema, but no context was provided.")
        context = InitResourceContext()
    for key in sorted(definition.required_resource_keys):
        if key not in context.resources:
            raise ResourceNotProvidedError(
                f"resource with key {key!r} required was not provided ({definition.source})."
            )
    fixed = isinstance(definition.config_binding, FixedConfig)
    error = "Error when applying config mapping for resource" if fixed else "Error in config for resource"
    message = f"{error} (at {definition.source}):"
    return context.replace_config(resolve_config(definition.config_binding, context.resource_config, message))
