"""The verdicts that a step gives of asset checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headrace.definitions.checks.spec import AssetCheckSeverity
from headrace.errors import AssetCheckFailedError, InvariantViolationError
from headrace.execute.events import AssetCheckEvaluated

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.result import AssetCheckResult
    from headrace.execute.plan import StepOutput
    from headrace.execute.scope import StepScope


class Verdicts:
    """Records the verdicts of one attempt."""

    def __init__(self, scope: StepScope) -> None:
        self._scope = scope
        self._failed: list[str] = []

    def take(self, result: AssetCheckResult, asset_key: AssetKey | None = None) -> None:
        """Record a verdict.

        Args:
            result: What user code gave.
            asset_key: The asset that was made along with it.
        """
        output = self._output_of(result, result.asset_key or asset_key)
        if output.name in self._scope.produced:
            raise InvariantViolationError(
                f"Step {self._scope.step_key!r} gave two results for the check {_name(output)!r}."
            )
        self._scope.emit(_evaluated(result, output, self._scope.run.partition_key))
        self._scope.produced.append(output.name)
        if output.check is not None and output.check.blocking and _is_error(result):
            self._failed.append(_name(output))

    def finish(self) -> None:
        """Fail the step when a blocking check did not pass, or when a verdict is owed."""
        if self._failed:
            names = ", ".join(self._failed)
            raise AssetCheckFailedError(
                f"{len(self._failed)} blocking asset check{'s' if len(self._failed) > 1 else ''} failed with severity "
                f"ERROR: {names}."
            )
        for name, output in self._scope.step.outputs.items():
            owed = output.check is not None and output.is_required and name in self._scope.selected_outputs
            if owed and name not in self._scope.produced:
                raise InvariantViolationError(
                    f"Step {self._scope.step_key!r} ended without a result of the check {_name(output)!r}. Return or yield "
                    "an AssetCheckResult, or a MaterializeResult with check_results."
                )

    def _output_of(self, result: AssetCheckResult, asset_key: AssetKey | None) -> StepOutput:
        known = [each for each in self._scope.step.outputs.values() if each.check is not None]
        found = [
            each
            for each in known
            if each.check is not None
            and asset_key in (None, each.check.asset_key)
            and result.check_name in (None, each.check.name)
        ]
        if len(found) == 1:
            return found[0]
        named = f"check_name={result.check_name!r}, asset_key={asset_key.to_user_string() if asset_key else None!r}"
        raise InvariantViolationError(
            f"Step {self._scope.step_key!r} gave an AssetCheckResult with {named}, which names "
            f"{'no check of it' if not found else 'several checks'}; its checks: "
            f"{', '.join(map(_name, known)) or 'none'}."
        )


def _evaluated(result: AssetCheckResult, output: StepOutput, partition: str | None) -> AssetCheckEvaluated:
    assert output.check is not None
    return AssetCheckEvaluated(
        output.check.asset_key,
        output.check.name,
        result.passed,
        result.severity.value,
        output.check.blocking,
        result.description,
        partition,
        result.metadata,
    )


def _is_error(result: AssetCheckResult) -> bool:
    return not result.passed and result.severity is AssetCheckSeverity.ERROR


def _name(output: StepOutput) -> str:
    return output.check.key.to_user_string() if output.check is not None else output.name
