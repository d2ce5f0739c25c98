"""What a run is to make of each asset, before its first step starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headrace.execute.planning.partitioned_run import made_assets
from headrace.execute.run_info import RunInfo

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.partitions.keys import PartitionKeyRange
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
    from headrace.execute.spec import RunSpec


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """An asset that a run is to make.

    Attributes:
        asset_key: The asset.
        partitions: From the first to the last of its partitions; None: as a whole.
        partitions_def: The set that they are of.
    """

    asset_key: AssetKey
    partitions: PartitionKeyRange | None = None
    partitions_def: PartitionsDefinition | None = None


def planned_assets(job: JobDefinition, spec: RunSpec) -> list[PlannedAsset]:
    """What a run is to make, by key."""
    run = RunInfo.of(spec)
    partitions = run.partition_range
    specs = job.asset_layer.specs if job.asset_layer is not None else {}
    planned = []
    for key in made_assets(job, spec):
        partitions_def = specs[key].partitions_def if key in specs else None
        planned.append(PlannedAsset(key, None if partitions_def is None else partitions, partitions_def))
    return planned
