"""What schedules and sensors have in common in their contexts: a log, the instance, resources."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from headrace.definitions.resources.coercion import as_resource_definitions
from headrace.definitions.resources.context import Resources
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.resources.scope import open_resources, outside_of_with
from headrace.errors import InvariantViolationError, ResourceNotProvidedError

Context = TypeVar("Context", bound="EvaluationContext")


class EvaluationContext:
    """A log, the instance and resources, for one evaluation.

    Resources are started when they are first asked for. Use it in a `with` block to have them torn down.

    Args:
        resources: Definitions, `ConfigurableResource`s or plain values by name.
        instance: The instance, if there is one.
        log: Where to log.
        definitions: The definitions that the schedule or sensor is part of.

    Attributes:
        made_by: The function that makes such a context in tests, for messages.
    """

    made_by: ClassVar[str] = "build_sensor_context"

    def __init__(
        self,
        *,
        resources: Mapping[str, Any] | None = None,
        instance: Any = None,
        log: Any = None,
        definitions: Any = None,
    ) -> None:
        self.resource_defs: Mapping[str, ResourceDefinition] = as_resource_definitions(resources)
        self.log: Any = log if log is not None else logging.getLogger("headrace")
        self.definitions = definitions
        self._instance = instance
        self._stack = ExitStack()
        self._values: dict[str, Any] = {}
        self._required: frozenset[str] | None = None
        self._what = ""
        self._is_entered = False

    @property
    def instance(self) -> Any:
        """The instance."""
        if self._instance is None:
            raise InvariantViolationError(
                "Attempted to initialize the instance of this context, but no instance reference was provided when it was built."
            )
        return self._instance

    @property
    def given_instance(self) -> Any:
        """The instance; None if there is none."""
        return self._instance

    @property
    def repository_def(self) -> Any:
        """The definitions that the schedule or sensor is part of."""
        return self.definitions

    @property
    def repository_name(self) -> str | None:
        """The name of those definitions, if they have one."""
        name: str | None = getattr(self.definitions, "name", None)
        return name

    @property
    def resources(self) -> Any:
        """The resources, as attributes."""
        self.start_resources(self.resource_defs if self._required is None else self._required)
        return Resources(self._values)

    def require(self, keys: frozenset[str], what: str = "") -> None:
        """Narrows `resources` to those that the schedule or sensor requires."""
        self._required = keys if self._required is None else self._required | keys
        self._what = what

    def start_resources(self, keys: Any, what: str | None = None) -> Mapping[str, Any]:
        """Starts what is missing of these resources; returns these.

        Args:
            keys: The resources.
            what: Who requires them, for messages.
        """
        missing = [key for key in keys if key not in self._values]
        for key in missing:
            if key not in self.resource_defs:
                who = what or self._what
                required = f" required by {who[0].lower()}{who[1:]}" if who else ""
                raise ResourceNotProvidedError(f"Resource with key {key!r}{required} was not provided.")
        if not self._is_entered and any(self.resource_defs[key].needs_teardown for key in missing):
            raise InvariantViolationError(outside_of_with(self.made_by))
        if missing:
            scope = open_resources(self.resource_defs, missing, instance=self._instance, log=self.log)
            self._values.update(self._stack.enter_context(scope)._asdict())
        return {key: self._values[key] for key in keys}

    def close(self) -> None:
        """Tears down the resources."""
        self._values = {}
        self._stack.close()

    def __enter__(self: Context) -> Context:
        self._is_entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
