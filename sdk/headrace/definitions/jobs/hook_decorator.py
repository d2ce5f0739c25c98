"""The `@success_hook` and `@failure_hook` decorators."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any, overload

from headrace.definitions.jobs.hook import HookDefinition, HookEvent
from headrace.definitions.ops.signature import signature_of
from headrace.errors import InvalidDefinitionError

HookFunction = Callable[..., Any]


@overload
def success_hook(hook_fn: HookFunction) -> HookDefinition: ...


@overload
def success_hook(
    *, name: str | None = ..., required_resource_keys: Set[str] | None = ...
) -> Callable[[HookFunction], HookDefinition]: ...


def success_hook(
    hook_fn: HookFunction | None = None,
    *,
    name: str | None = None,
    required_resource_keys: Set[str] | None = None,
) -> HookDefinition | Callable[[HookFunction], HookDefinition]:
    """Makes a hook of a function: it runs when a step has succeeded.

    Args:
        hook_fn: The function, when the decorator is used without arguments; it takes a `HookContext`.
        name: The hook's name; the function's when left out.
        required_resource_keys: Resources that it reads from `context.resources`.
    """
    return _hook(HookEvent.SUCCESS, hook_fn, name, required_resource_keys)


@overload
def failure_hook(hook_fn: HookFunction) -> HookDefinition: ...


@overload
def failure_hook(
    *, name: str | None = ..., required_resource_keys: Set[str] | None = ...
) -> Callable[[HookFunction], HookDefinition]: ...


def failure_hook(
    hook_fn: HookFunction | None = None,
    *,
    name: str | None = None,
    required_resource_keys: Set[str] | None = None,
) -> HookDefinition | Callable[[HookFunction], HookDefinition]:
    """Makes a hook of a function: it runs when a step has failed and is not tried again.

    Args:
        hook_fn: The function, when the decorator is used without arguments; it takes a `HookContext`.
        name: The hook's name; the function's when left out.
        required_resource_keys: Resources that it reads from `context.resources`.
    """
    return _hook(HookEvent.FAILURE, hook_fn, name, required_resource_keys)


def _hook(
    event: HookEvent, hook_fn: HookFunction | None, name: str | None, resources: Set[str] | None
) -> HookDefinition | Callable[[HookFunction], HookDefinition]:
    def make(function: HookFunction) -> HookDefinition:
        own_name = name or function.__name__
        signature = signature_of(function, allow_config=False)
        if len(signature.inputs) + (signature.context is not None) != 1 or signature.resources:
            raise InvalidDefinitionError(
                f"Hook {own_name!r}: its function does not have required positional parameter 'context', or has others: it "
                "takes one parameter, the context."
            )
        return HookDefinition(name=own_name, hook_fn=function, required_resource_keys=resources, event=event)

    return make if hook_fn is None else make(hook_fn)
