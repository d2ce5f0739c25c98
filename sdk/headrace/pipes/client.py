"""Clients: each starts code in one kind of place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from headrace.config.structured import StructuredResource
from headrace.definitions.assets.events import MaterializeResult
from headrace.definitions.checks.result import AssetCheckResult
from headrace.errors import InvariantViolationError
from headrace.execute.contexts.context import OpExecutionContext
from headrace.pipes.handler import PipesExecutionResult
from headrace.pipes.session import PipesSession


class PipesClientCompletedInvocation:
    """What is left of a session that has ended.

    Args:
        session: The session.
        metadata: Added to every materialization.
    """

    def __init__(self, session: PipesSession, metadata: Mapping[str, Any] | None = None) -> None:
        self._session = session
        self.metadata: Mapping[str, Any] = dict(metadata or {})

    def get_results(self, *, implicit_materializations: bool = True) -> Sequence[PipesExecutionResult]:
        """What was reported; assets of the step that were not reported count as made unless told otherwise."""
        return self._session.get_results(implicit_materializations=implicit_materializations, metadata=self.metadata)

    def get_materialize_result(self, *, implicit_materialization: bool = True) -> MaterializeResult[Any]:
        """The only materialization, with the verdicts of checks beside it.

        Raises:
            InvariantViolationError: there are several, or none.
        """
        results = self.get_results(implicit_materializations=implicit_materialization)
        made = [each for each in results if isinstance(each, MaterializeResult)]
        if len(made) != 1:
            keys = ", ".join(each.asset_key.to_user_string() for each in made if each.asset_key) or "none"
            raise InvariantViolationError(
                f"Expected one materialization, but there are {len(made)}: {keys}. Use get_results."
            )
        checks = [each for each in results if isinstance(each, AssetCheckResult)]
        return MaterializeResult(
            asset_key=made[0].asset_key,
            metadata=made[0].metadata,
            data_version=made[0].data_version,
            check_results=checks,
        )

    def get_asset_check_result(self) -> AssetCheckResult:
        """The only verdict of a check.

        Raises:
            InvariantViolationError: there is something else, or nothing.
        """
        results = self.get_results(implicit_materializations=False)
        if len(results) != 1 or not isinstance(results[0], AssetCheckResult):
            raise InvariantViolationError(f"Expected the verdict of one check, but there are {len(results)} results.")
        return results[0]

    def get_custom_messages(self) -> Sequence[Any]:
        """What the code sent for the caller itself."""
        return self._session.get_custom_messages()


class PipesClient(StructuredResource, ABC):
    """A resource that starts code outside, and waits for its end."""

    @abstractmethod
    def run(
        self, *, context: OpExecutionContext, extras: Mapping[str, Any] | None = None, **settings: Any
    ) -> PipesClientCompletedInvocation:
        """Starts the code, takes its messages, and returns when it has ended."""
