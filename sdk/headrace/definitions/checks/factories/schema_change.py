"""Checks that the columns of tables stay as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.assets.spec import HasAssetKey
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.checks.factories.targets import build_checks, target_keys
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.checks.spec import AssetCheckSeverity, AssetCheckSpec
from headrace.definitions.metadata.table import TableSchema
from headrace.definitions.metadata.table_metadata import schema_in

_NAME = "column_schema_change"
_DESCRIPTION = "Checks whether the column schema of the two most recent materializations of the asset is the same"


def build_column_schema_change_checks(
    *,
    assets: Sequence[CoercibleToAssetKey | HasAssetKey],
    severity: AssetCheckSeverity = AssetCheckSeverity.WARN,
) -> Sequence[AssetChecksDefinition]:
    """Checks that the last two materializations of each asset name the same columns of the same types.

    Args:
        assets: The assets.
        severity: How bad it is when they do not.
    """
    specs = [AssetCheckSpec(_NAME, asset=key, description=_DESCRIPTION) for key in target_keys(assets)]

    def judge(context: Any, key: AssetKey) -> AssetCheckResult:
        passed, description = _compared(context, key)
        return AssetCheckResult(passed=passed, severity=severity, description=description)

    return [build_checks("asset_check", specs, judge, [_NAME])]


def _compared(context: Any, key: AssetKey) -> tuple[bool, str]:
    records = context.instance.fetch_materializations(key, limit=2).records
    if len(records) < 2:
        return True, "The asset has been materialized fewer than 2 times"
    latest, previous = (schema_in(each.asset_materialization.metadata) for each in records)
    if latest is None:
        return False, "Latest materialization has no column schema metadata"
    if previous is None:
        return False, "Previous materialization has no column schema metadata"
    changes = _changes(_types(previous), _types(latest))
    if not changes:
        return True, "No changes to column schema between previous and latest materialization"
    return False, "\n".join(["Column schema changed between previous and latest materialization.", *changes])


def _types(schema: TableSchema) -> Mapping[str, str]:
    return {column.name: column.type for column in schema.columns}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[str]:
    added = [name for name in after if name not in before]
    removed = [name for name in before if name not in after]
    changed = [
        f"  {name}: {before[name]} -> {after[name]}" for name in before if after.get(name, before[name]) != before[name]
    ]
    lines = []
    if added:
        lines.append(f"Added columns: {', '.join(added)}")
    if removed:
        lines.append(f"Removed columns: {', '.join(removed)}")
    if changed:
        lines += ["Column type changes:", *changed]
    return lines
