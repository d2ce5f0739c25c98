"""What backfills are to make, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from headrace.api.types.v1.backfill_pb2 import BackfillCounts, BackfillTarget, MadePartition
from headrace.api.types.v1.run_pb2 import RUN_STATE_SUCCEEDED, Run
from headrace.automation.facts import Target
from headrace.automation.subset import EntitySubset
from headrace.backfill.progress import EndedRun, Targets
from headrace.backfill.steps import Counts
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.execute.run_info import partition_range_of
from headrace.wire.asset_keys import from_asset_key, to_asset_key
from headrace.wire.automation_state import from_subset, to_subset
from headrace.wire.tags import from_tags


def to_targets(targets: Targets, *, of_job: bool) -> list[BackfillTarget]:
    """Writes what is to be made."""
    return [
        BackfillTarget(asset_key=None if of_job else to_asset_key(key), subset=to_subset(target.value))
        for key, target in targets.items()
    ]


def from_targets(
    targets: Iterable[BackfillTarget],
    partitions: Mapping[AssetKey, PartitionsDefinition | None],
    job_key: AssetKey | None = None,
) -> Targets:
    """Reads what is to be made.

    Args:
        targets: The targets.
        partitions: The partitions of each asset.
        job_key: Stands for the job where a target names no asset.
    """
    found = {}
    for target in targets:
        key = from_asset_key(target.asset_key) if job_key is None else job_key
        found[key] = EntitySubset(key, from_subset(target.subset, partitions[key]))
    return found


def from_ended_runs(runs: Iterable[Run], made_partitions: Iterable[MadePartition]) -> list[EndedRun]:
    """Reads what became of runs."""
    made: dict[str, dict[AssetKey, list[str | None]]] = {}
    for each in made_partitions:
        of_run = made.setdefault(each.run_id, {})
        of_run.setdefault(from_asset_key(each.asset_key), []).append(each.partition_key or None)
    return [_from_ended_run(run, made.get(run.run_id, {})) for run in runs]


def _from_ended_run(run: Run, made: Mapping[AssetKey, Sequence[str | None]]) -> EndedRun:
    target: Target = partition_range_of(from_tags(run.tags)) or run.partition_key or None
    keys = frozenset(map(from_asset_key, run.asset_selection))
    return EndedRun(keys, target, run.state == RUN_STATE_SUCCEEDED, made)


def to_counts(counts: Mapping[AssetKey, Counts], *, of_job: bool) -> list[BackfillCounts]:
    """Writes how far each target has come."""
    return [
        BackfillCounts(
            asset_key=None if of_job else to_asset_key(key),
            target_count=each.target,
            made_count=each.made,
            failed_count=each.failed,
            running_count=each.running,
        )
        for key, each in counts.items()
    ]
