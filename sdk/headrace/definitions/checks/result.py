"""The verdicts of checks: as code gives them, and as a run records them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSeverity
from headrace.definitions.metadata.carrier import MetadataCarrier
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.errors import InvariantViolationError


class AssetCheckResult(MetadataCarrier):
    """The verdict of a check.

    Args:
        passed: Whether the asset is as it should be.
        asset_key: The asset; needed only where the code checks several.
        check_name: The check; needed only where the code makes several.
        metadata: Recorded with the verdict.
        severity: How bad it is when the check did not pass.
        description: What was found.
    """

    __slots__ = ("asset_key", "check_name", "description", "metadata", "passed", "severity")
    is_output_event: ClassVar[bool] = True

    def __init__(
        self,
        *,
        passed: bool,
        asset_key: CoercibleToAssetKey | None = None,
        check_name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        severity: AssetCheckSeverity = AssetCheckSeverity.ERROR,
        description: str | None = None,
    ) -> None:
        self.passed = _checked_passed(passed)
        self.asset_key = None if asset_key is None else AssetKey.from_coercible(asset_key)
        self.check_name = check_name
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.severity = AssetCheckSeverity(severity)
        self.description = description

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetCheckResult) and all(
            getattr(self, name) == getattr(other, name) for name in AssetCheckResult.__slots__
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"AssetCheckResult(passed={self.passed}, check_name={self.check_name!r})"


@dataclass(frozen=True)
class CheckedMaterialization:
    """The materialization that a check has looked at.

    Attributes:
        storage_id: Its place in the log.
        run_id: The run that made it.
        timestamp: When, in seconds since 1970.
    """

    storage_id: int
    run_id: str
    timestamp: float


@dataclass(frozen=True)
class AssetCheckEvaluation(MetadataCarrier):
    """The verdict of a check, as a run records it."""

    asset_key: AssetKey
    check_name: str
    passed: bool
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    severity: AssetCheckSeverity = AssetCheckSeverity.ERROR
    description: str | None = None
    blocking: bool = False
    partition: str | None = None
    target_materialization_data: CheckedMaterialization | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata))

    @property
    def asset_check_key(self) -> AssetCheckKey:
        """Names the check."""
        return AssetCheckKey(self.asset_key, self.check_name)


def _checked_passed(passed: Any) -> bool:
    # Comparisons of numpy and pandas give a bool of their own, which is none for Python.
    if not isinstance(passed, bool) and type(passed).__name__ in ("bool_", "bool"):
        return bool(passed)
    if not isinstance(passed, bool):
        raise InvariantViolationError(f"AssetCheckResult: passed is True or False, not {passed!r}.")
    return passed
