"""What to run: the request for one run, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.checks.spec import AssetCheckKey


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One run of a job.

    `op_selection`, `asset_selection` and `step_keys` each narrow the run down; None means all.
    Without `asset_check_selection`, the checks of the selected assets are made. A step whose upstream is
    left out loads that output from what `parent_run_id` (or the asset) has stored. `attempt` counts the run's own attempts,
    not those of its steps. `mapping_keys` are those of the parent run's dynamic outputs, by step and output, as far as known.
    What `managed_loggers` log becomes events too, from `log_level` on, which holds for `context.log` as well.
    """

    run_id: str
    job_name: str
    run_config: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    op_selection: Sequence[str] | None = None
    asset_selection: Sequence[AssetKey] | None = None
    step_keys: Sequence[str] | None = None
    parent_run_id: str | None = None
    root_run_id: str | None = None
    partition_key: str | None = None
    attempt: int = 1
    asset_check_selection: Sequence[AssetCheckKey] | None = None
    mapping_keys: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    managed_loggers: Sequence[str] = ()
    log_level: str = ""
