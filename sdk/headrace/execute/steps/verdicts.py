"""The verdicts that a step gives of asset checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from headrace.definitions.checks.result import CheckedMaterialization
from headrace.definitions.checks.spec import AssetCheckSeverity
from headrace.errors import AssetCheckFailedError, InvariantViolationError, StepOutputNotFoundError
from headrace.execute.events.event import AssetCheckEvaluated

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.result import AssetCheckResult
    from headrace.definitions.checks.spec import AssetCheckSpec
    from headrace.execute.contexts.scope import StepScope

_UNEXPECTED = "Received unexpected AssetCheckResult."


class Verdicts:
    """Records the verdicts of one attempt."""

    def __init__(self, scope: StepScope) -> None:
        self._scope = scope
        self._failed: list[AssetCheckSpec] = []
        self._outputs: dict[AssetCheckSpec, str] = {
            each.check: each.name for each in scope.step.outputs.values() if each.check is not None
        }

    @property
    def are_expected(self) -> bool:
        """Whether the step gives verdicts at all."""
        return bool(self._outputs)

    def take(self, result: AssetCheckResult, asset_key: AssetKey | None = None) -> None:
        """Record a verdict.

        Args:
            result: What user code gave.
            asset_key: The asset that was made along with it.
        """
        spec = self._target(result, result.asset_key or asset_key)
        output = self._outputs[spec]
        if output in self._scope.produced:
            raise InvariantViolationError(
                f"Step {self._scope.step_key!r} gave two results for the check {spec.key.to_user_string()!r}."
            )
        if output not in self._scope.selected_outputs:
            self._scope.log.warning(
                "AssetCheckResult for check %r is recorded, though the check is not selected.",
                spec.key.to_user_string(),
            )
        self._scope.emit(self._evaluated(result, spec))
        self._scope.produced.append(output)
        if spec.blocking and not result.passed and result.severity is AssetCheckSeverity.ERROR:
            self._failed.append(spec)

    def finish(self) -> None:
        """Fail the step when a blocking check did not pass, or when a verdict is owed."""
        if self._failed:
            checks = "check" if len(self._failed) == 1 else "checks"
            raise AssetCheckFailedError(
                f"{len(self._failed)} blocking asset {checks} failed with ERROR severity:\n{_by_asset(self._failed)}"
            )
        for spec, output in self._outputs.items():
            owed = output in self._scope.selected_outputs and self._scope.step.outputs[output].is_required
            missing = output in self._scope.selected_outputs and output not in self._scope.produced
            if spec.blocking and missing and not owed:
                self._scope.log.warning(
                    "Blocking check %r emitted no result: what is downstream goes on.", spec.key.to_user_string()
                )
            if owed and output not in self._scope.produced:
                raise StepOutputNotFoundError(
                    f'Core compute for op "{self._scope.step_key}" did not return an output for non-optional output '
                    f'"{output}": a result of the check {spec.key.to_user_string()!r}. Return or yield an AssetCheckResult, '
                    "or a MaterializeResult with check_results."
                )

    def _target(self, result: AssetCheckResult, asset_key: AssetKey | None) -> AssetCheckSpec:
        specs = list(self._outputs)
        if not specs:
            raise InvariantViolationError(
                f"{_UNEXPECTED} No AssetCheckSpecs were found for this step."
                "You may need to set `check_specs` on the asset decorator, or you may be emitting an AssetCheckResult that "
                "isn't in the subset passed in `context.selected_asset_check_keys`."
            )
        if asset_key is not None:
            specs = self._of_asset(asset_key)
        if result.check_name is not None:
            specs = self._called(result.check_name, specs)
        if len(specs) > 1:
            _refuse_several(specs)
        return specs[0]

    def _of_asset(self, asset_key: AssetKey) -> list[AssetCheckSpec]:
        found = [spec for spec in self._outputs if spec.asset_key == asset_key]
        if not found:
            targeted = sorted({spec.asset_key.to_user_string() for spec in self._outputs})
            raise InvariantViolationError(
                f"{_UNEXPECTED} It targets asset '{asset_key.to_user_string()}' which is not targeted by any of the checks "
                f"currently being evaluated. Targeted assets: {targeted}."
            )
        return found

    def _called(self, name: str, specs: Sequence[AssetCheckSpec]) -> list[AssetCheckSpec]:
        found = [spec for spec in specs if spec.name == name]
        if not found:
            assets = ", ".join(sorted({spec.asset_key.to_user_string() for spec in specs}))
            raise InvariantViolationError(
                f"{_UNEXPECTED} No checks currently being evaluated target asset '{assets}' and have name '{name}'. Checks "
                f"being evaluated for this asset: { ({spec.name for spec in specs}) }"
            )
        return found

    def _evaluated(self, result: AssetCheckResult, spec: AssetCheckSpec) -> AssetCheckEvaluated:
        return AssetCheckEvaluated(
            spec.asset_key,
            spec.name,
            result.passed,
            result.severity.value,
            spec.blocking,
            result.description,
            self._scope.run.partition_key if spec.partitions_def is not None else None,
            result.metadata,
            self._checked(spec.asset_key),
        )

    def _checked(self, asset_key: AssetKey) -> CheckedMaterialization | None:
        """The last materialization of the asset, where the records of the instance are at hand."""
        fetch = getattr(self._scope.instance, "fetch_last_materialization", None)
        if fetch is None:
            return None
        partition = self._scope.run.partition_key if self._scope.partitions.definition_of(asset_key) else None
        found = fetch(asset_key, partition)
        return None if found is None else CheckedMaterialization(found.storage_id, found.run_id, found.timestamp)


def _refuse_several(specs: Sequence[AssetCheckSpec]) -> NoReturn:
    assets = sorted({spec.asset_key.to_user_string() for spec in specs})
    if len(assets) > 1:
        raise InvariantViolationError(
            f"AssetCheckResult didn't specify an asset key, but there are multiple assets to choose from: {assets}."
        )
    raise InvariantViolationError(
        "AssetCheckResult result didn't specify a check name, but there are multiple checks to choose from for the this "
        f"asset key: {[spec.name for spec in specs]}."
    )


def _by_asset(specs: Sequence[AssetCheckSpec]) -> str:
    names: dict[str, list[str]] = {}
    for spec in specs:
        names.setdefault(spec.asset_key.to_user_string(), []).append(spec.name)
    return "\n".join(f"{asset}: {','.join(checks)}" for asset, checks in names.items())
