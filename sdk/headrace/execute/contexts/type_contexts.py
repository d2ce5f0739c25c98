"""What type checks and loaders of types get to see of the run."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.context import Resources
from headrace.execute.contexts.scope import Scope, StepScope

if TYPE_CHECKING:
    from headrace.definitions.ops.types import HeadraceType
    from headrace.execute.contexts.resource_pool import ResourcePool


class _TypeContext:
    def __init__(self, scope: Scope, pool: ResourcePool | None, resource_keys: Iterable[str]) -> None:
        self._scope = scope
        self._pool = pool
        self._resource_keys = frozenset(resource_keys)

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._scope.run.run_id

    @property
    def log(self) -> logging.Logger:
        """Where to log."""
        return self._scope.log

    @property
    def resources(self) -> Resources:
        """The resources that are required."""
        if self._pool is None or not isinstance(self._scope, StepScope):
            return self._scope.resources
        return Resources(self._pool.require(self._resource_keys, self._scope))


class TypeCheckContext(_TypeContext):
    """What a `type_check_fn` gets.

    Attributes:
        dagster_type: The type that is checked.
    """

    def __init__(self, scope: Scope, pool: ResourcePool | None, dagster_type: HeadraceType) -> None:
        super().__init__(scope, pool, dagster_type.required_resource_keys)
        self.dagster_type = dagster_type


class TypeLoaderContext(_TypeContext):
    """What a loader of a type gets."""

    @property
    def job_def(self) -> Any:
        """The job that runs."""
        return self._scope.job

    @property
    def op_def(self) -> Any:
        """The op whose input is loaded."""
        return self._scope.op
