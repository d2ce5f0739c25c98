"""`build_init_resource_context`: calling a resource's function in a test."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.context import InitResourceContext, Resources
from headrace.definitions.resources.scope import open_resources, outside_of_with
from headrace.errors import InvariantViolationError
from headrace.instance.instance import Instance

if TYPE_CHECKING:
    from types import TracebackType


class UnboundInitResourceContext(InitResourceContext):
    """A context that a test makes; a context manager, if resources are to be torn down.

    Args:
        config: The resource's config.
        resources: The resources that it requires: definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance.
    """

    def __init__(self, config: Any, resources: Mapping[str, Any] | None, instance: Any) -> None:
        definitions = as_resource_definitions(resources)
        instance = Instance.ephemeral() if instance is None else instance
        self._stack = ExitStack()
        self._is_open = not any(each.needs_teardown for each in definitions.values())
        started = self._stack.enter_context(open_resources(definitions, instance=instance))
        super().__init__(config, started, instance=instance, all_resource_defs=definitions)

    @property
    def resources(self) -> Resources:
        """The resources, as attributes."""
        if not self._is_open:
            raise InvariantViolationError(outside_of_with("build_init_resource_context"))
        return self._resources

    def __enter__(self) -> UnboundInitResourceContext:
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __del__(self) -> None:
        if "_stack" in self.__dict__:
            self._stack.close()


def build_init_resource_context(
    config: Any = None,
    resources: Mapping[str, Any] | None = None,
    instance: Any = None,
) -> UnboundInitResourceContext:
    """A context to call a resource's function with, in tests.

    Args:
        config: The resource's config.
        resources: The resources that it requires: definitions, `ConfigurableResource`s or plain values by name. Use the
            context in a `with` statement to tear them down.
        instance: The instance; one in memory when left out.
    """
    return UnboundInitResourceContext(config, resources, instance)
