"""Checks that a number in the metadata of materializations stays within bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import HasAssetKey
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.factories.targets import build_checks, target_keys
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.checks.spec import AssetCheckSeverity, AssetCheckSpec
from headrace.errors import InvalidDefinitionError

_NO_NAME = re.compile(r"[^A-Za-z0-9_]")


def build_metadata_bounds_checks(
    *,
    assets: Sequence[CoercibleToAssetKey | HasAssetKey],
    metadata_key: str,
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
    min_value: float | None = None,
    max_value: float | None = None,
    exclusive_min: bool = False,
    exclusive_max: bool = False,
) -> Sequence[AssetChecksDefinition]:
    """Checks that the last materialization of each asset has a number in its metadata that is within bounds.

    Args:
        assets: The assets.
        metadata_key: The name of the metadata.
        severity: How bad it is when it is not.
        min_value: The least it may be.
        max_value: The most it may be.
        exclusive_min: Whether it must be more than `min_value`.
        exclusive_max: Whether it must be less than `max_value`.
    """
    bounds = _Bounds(min_value, max_value, exclusive_min, exclusive_max)
    description = f"Checks that the latest materialization has metadata value `{metadata_key}` {bounds}"
    name = f"{_NO_NAME.sub('_', metadata_key)}_bounds_check"
    specs = [AssetCheckSpec(name, asset=key, description=description) for key in target_keys(assets)]

    def judge(context: Any, key: AssetKey) -> AssetCheckResult:
        complaint, value = _measured(context, key, metadata_key)
        complaint = complaint or bounds.complaint(value)
        return AssetCheckResult(
            passed=complaint is None, severity=severity, description=complaint or f"Value `{value}` is within range"
        )

    return [build_checks("asset_check", specs, judge, [name])]


def _measured(context: Any, key: AssetKey, metadata_key: str) -> tuple[str | None, Any]:
    record = context.instance.get_latest_materialization_event(key)
    if record is None or record.asset_materialization is None:
        return "Asset has not been materialized", None
    metadata = record.asset_materialization.metadata
    if metadata_key not in metadata:
        return f"Metadata key `{metadata_key}` not found", None
    value = metadata[metadata_key].value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"Value `{value}` is not a number", value
    return None, value


@dataclass(frozen=True)
class _Bounds:
    least: float | None
    most: float | None
    above: bool
    below: bool

    def __post_init__(self) -> None:
        if self.least is None and self.most is None:
            raise InvalidDefinitionError("At least one of `min_value` or `max_value` must be set")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise InvalidDefinitionError(
                f"`min_value` may not be greater than `max_value`: {self.least} is greater than {self.most}."
            )

    def complaint(self, value: float) -> str | None:
        if self.least is not None and (value <= self.least if self.above else value < self.least):
            return f"Value `{value}` is {'less than or equal to' if self.above else 'less than'} {self.least}"
        if self.most is not None and (value >= self.most if self.below else value > self.most):
            return f"Value `{value}` is {'greater than or equal to' if self.below else 'greater than'} {self.most}"
        return None

    def __str__(self) -> str:
        parts = []
        if self.least is not None:
            parts.append(f"greater than {'' if self.above else 'or equal to '}{self.least}")
        if self.most is not None:
            parts.append(f"less than {'' if self.below else 'or equal to '}{self.most}")
        return " and ".join(parts)
