"""What the other side is told of the step that it works for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headrace.errors import InvariantViolationError
from headrace.execute.contexts.context import OpExecutionContext


def context_data(context: OpExecutionContext, extras: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns the context of a step in the words of the protocol."""
    return {
        **_assets(context),
        **_partitions(context),
        "run_id": context.run_id,
        "job_name": context.job_name,
        "retry_number": context.retry_number,
        "extras": dict(extras or {}),
    }


def _assets(context: OpExecutionContext) -> dict[str, Any]:
    if not context.has_assets_def:
        return {"asset_keys": None, "code_version_by_asset_key": None, "provenance_by_asset_key": None}
    keys = sorted(context.selected_asset_keys)
    versions = context.assets_def.code_versions_by_key
    names = [key.to_user_string() for key in keys]
    return {
        "asset_keys": names,
        "code_version_by_asset_key": {key.to_user_string(): versions.get(key) for key in keys},
        "provenance_by_asset_key": dict.fromkeys(names),
    }


def _partitions(context: OpExecutionContext) -> dict[str, Any]:
    spread = context.run.partition_range
    if spread is None:
        return {"partition_key": None, "partition_key_range": None, "partition_time_window": None}
    return {
        "partition_key": spread.start if spread.start == spread.end else None,
        "partition_key_range": {"start": spread.start, "end": spread.end},
        "partition_time_window": _time_window(context),
    }


def _time_window(context: OpExecutionContext) -> dict[str, str] | None:
    try:
        window = context.partition_time_window
    except InvariantViolationError:
        return None  # partitions of something else than time
    return {"start": window.start.isoformat(), "end": window.end.isoformat()}
