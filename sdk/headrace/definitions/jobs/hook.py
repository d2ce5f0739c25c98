"""Hooks: code that runs in the step's process once the step has succeeded or failed for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from enum import Enum
from functools import update_wrapper
from typing import Any

from headrace.definitions.engine import engine
from headrace.definitions.naming import check_name
from headrace.definitions.ops.signature import positional_names
from headrace.errors import InvalidDefinitionError, InvalidInvocationError


class HookEvent(Enum):
    """What a hook waits for."""

    SUCCESS = "success"
    FAILURE = "failure"


class HookDefinition:
    """Code that runs once a step has succeeded or failed for good; made with `@success_hook` or `@failure_hook`.

    Args:
        name: What to call it in events.
        hook_fn: Takes a `HookContext`.
        required_resource_keys: Resources that it reads from `context.resources`.
        event: What it waits for.
    """

    def __init__(
        self,
        *,
        name: str,
        hook_fn: Callable[..., Any],
        required_resource_keys: Iterable[str] | None = None,
        event: HookEvent = HookEvent.SUCCESS,
    ) -> None:
        self.name = check_name(name, "A hook's name")
        self.hook_fn = hook_fn
        self.required_resource_keys: frozenset[str] = frozenset(required_resource_keys or ())
        self.event = event
        update_wrapper(self, hook_fn, updated=())

    @property
    def decorated_fn(self) -> Callable[..., Any]:
        """The function."""
        return self.hook_fn

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the function with a context, as tests do; given a job or an op, the same with this hook."""
        given = [*args, *kwargs.values()]
        (parameter,) = positional_names(self.hook_fn)[:1] or ("context",)
        if len(given) != 1:
            raise InvalidInvocationError(
                f"Decorated function expects one parameter, {parameter}, but {len(given)} were provided."
            )
        if kwargs and parameter not in kwargs:
            raise InvalidInvocationError(f"Could not find expected argument '{parameter}'.")
        with_hooks = getattr(given[0], "with_hooks", None)
        return engine().call_hook(self, given[0]) if with_hooks is None else with_hooks({self})

    def __repr__(self) -> str:
        return f"HookDefinition({self.name!r})"


def checked_hooks(hooks: Iterable[Any] | None, what: str) -> frozenset[HookDefinition]:
    """The hooks, if they all are."""
    if isinstance(hooks, (str, HookDefinition)):
        raise InvalidDefinitionError(f"{what}: hooks is a set of hooks, not {hooks!r}.")
    found: Set[Any] = frozenset(hooks or ())
    for each in found:
        if not isinstance(each, HookDefinition):
            raise InvalidDefinitionError(
                f"{what}: hooks holds {each!r}, which is no hook; make one with @success_hook or @failure_hook."
            )
    return frozenset(found)
