"""What a hook's function gets."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Set
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol

from headrace.errors import InvariantViolationError, ResourceNotProvidedError

if TYPE_CHECKING:
    from headrace.definitions.graphs.node import Node
    from headrace.definitions.jobs.hook import HookDefinition
    from headrace.definitions.resources.context import Resources


class OwnScope(Protocol):
    """What a context that a test makes holds open: the resources it was given, until it is left."""

    def enter(self) -> None:
        """Start them."""

    def close(self) -> None:
        """Tear them down."""

    def check_open(self) -> None:
        """Refuse to show what has not been entered."""


class HookContext:
    """What a hook's function gets: the step that ended, its outputs or its exception, resources and a log."""

    def __init__(
        self,
        *,
        resources: Resources,
        log: logging.Logger,
        run_id: str | None = None,
        job_name: str | None = None,
        op: Node | None = None,
        step_key: str | None = None,
        op_config: Any = None,
        op_exception: BaseException | None = None,
        op_output_values: Mapping[str, Any] | None = None,
        op_output_metadata: Mapping[str, Any] | None = None,
        hook_def: HookDefinition | None = None,
        instance: Any = None,
        scope: OwnScope | None = None,
    ) -> None:
        self._resources = resources
        self._scope = scope
        self.log = log
        self.op_config = op_config
        self.op_output_values: Mapping[str, Any] = op_output_values or {}
        self.op_output_metadata: Mapping[str, Any] = op_output_metadata or {}
        self._op_exception = op_exception
        self._given = {
            "run_id": run_id,
            "job_name": job_name,
            "op": op,
            "step_key": step_key,
            "hook_def": hook_def,
            "instance": instance,
        }

    @property
    def run_id(self) -> str:
        """The run."""
        return self._require("run_id")  # type: ignore[no-any-return]

    @property
    def job_name(self) -> str:
        """The job."""
        return self._require("job_name")  # type: ignore[no-any-return]

    @property
    def op(self) -> Node:
        """The op of the step that ended, at its place in the job: its name there, its tags, its definition."""
        return self._require("op")  # type: ignore[no-any-return]

    @property
    def step_key(self) -> str:
        """The key of the step that ended."""
        return self._require("step_key")  # type: ignore[no-any-return]

    @property
    def hook_def(self) -> HookDefinition:
        """The hook."""
        return self._require("hook_def")  # type: ignore[no-any-return]

    @property
    def instance(self) -> Any:
        """The instance that keeps the run."""
        return self._require("instance")

    @property
    def required_resource_keys(self) -> Set[str]:
        """The resources that the hook requires."""
        return self.hook_def.required_resource_keys

    @property
    def op_exception(self) -> BaseException | None:
        """What the op raised; None when it succeeded."""
        return self._op_exception

    def __enter__(self) -> HookContext:
        if self._scope is not None:
            self._scope.enter()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._scope is not None:
            self._scope.close()

    @property
    def resources(self) -> Resources:
        """The resources that the hook requires, as attributes."""
        if self._scope is not None:
            self._scope.check_open()
        return self._resources

    def bound_to(self, hook: HookDefinition) -> HookContext:
        """The same for a call of a hook.

        Raises:
            ResourceNotProvidedError: a resource that the hook requires is not there.
        """
        for key in sorted(hook.required_resource_keys):
            if key not in self._resources:
                raise ResourceNotProvidedError(
                    f"resource with key '{key}' required by hook '{hook.name}'  was not provided."
                )
        bound = copy(self)
        bound._given = {**self._given, "hook_def": hook}
        return bound

    def _require(self, name: str) -> Any:
        if self._given[name] is None:
            raise InvariantViolationError(
                f"Tried to access the HookContext {name}, but no {name} was provided to `build_hook_context`."
            )
        return self._given[name]
