"""What a partition means for a run: its keys must exist, and it brings config and tags."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.errors import InvariantViolationError, UnknownPartitionError
from headrace.execute.run_info import partition_of, partition_range_of

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.spec import RunSpec


def with_partition(job: JobDefinition, spec: RunSpec, instance: Any = None) -> RunSpec:
    """The run with the config and the tags of its partition, where it is for one.

    Raises:
        UnknownPartitionError: the job or an asset that it makes has no such partition.
        InvariantViolationError: nothing in the job is partitioned.
    """
    key, key_range = partition_of(spec.partition_key, spec.tags), partition_range_of(spec.tags)
    if key is None and key_range is None:
        return spec
    store = dynamic_store_of(instance)
    partitioned = _partitioned(job, spec)
    if not partitioned:
        if spec.partition_key is None:
            return spec
        raise InvariantViolationError(
            f"Job {job.name!r} is not partitioned, and neither is anything that this run makes: there is no partition "
            f"{spec.partition_key!r}."
        )
    for what, partitions_def in partitioned.items():
        _check(what, partitions_def, key, key_range, store)
    if key is None:
        return spec
    return replace(
        spec,
        partition_key=key,
        run_config=spec.run_config or job.run_config_for_partition_key(key),
        tags={**job.tags_for_partition_key(key), **spec.tags},
    )


def require_partition(job: JobDefinition, spec: RunSpec) -> None:
    """Refuses a run of assets with partitions that is for none of them.

    Args:
        job: The job.
        spec: The run.

    Raises:
        InvariantViolationError: it is for none; the message tells what to give.
    """
    if partition_of(spec.partition_key, spec.tags) is not None or partition_range_of(spec.tags) is not None:
        return
    layer = job.asset_layer
    if layer is None:
        return
    for key in made_assets(job, spec):
        partitions_def = layer.specs[key].partitions_def
        # What only looks at an asset may look at all of its partitions at once.
        if partitions_def is not None and not layer.assets_defs_by_key[key].is_observable:
            raise InvariantViolationError(
                f"Asset {key.to_user_string()!r} has partitions, and this is for none of them. Give one (--partition KEY), or the "
                "first and the last of several (--partition-range FIRST...LAST), or make all of them with a backfill. Its "
                f"partitions are: {textwrap.shorten(str(partitions_def), 200)}"
            )


def dynamic_store_of(instance: Any) -> Any:
    """The instance, if it keeps the keys of dynamic partitions."""
    return instance if hasattr(instance, "get_dynamic_partitions") else None


def _partitioned(job: JobDefinition, spec: RunSpec) -> Mapping[str, PartitionsDefinition]:
    """What the run makes that is partitioned, and the job if it is."""
    found: dict[str, PartitionsDefinition] = {}
    if job.partitions_def is not None:
        found[f"Job {job.name!r}"] = job.partitions_def
    for key in made_assets(job, spec):
        asset = job.asset_layer.specs.get(key) if job.asset_layer is not None else None
        if asset is not None and asset.partitions_def is not None and asset.partitions_def not in found.values():
            found[f"Asset {key.to_user_string()!r}"] = asset.partitions_def
    return found


def made_assets(job: JobDefinition, spec: RunSpec) -> list[AssetKey]:
    """The assets that a run is to make."""
    if job.asset_layer is None or (spec.asset_selection is None and spec.asset_check_selection is not None):
        return []
    return sorted(spec.asset_selection if spec.asset_selection is not None else job.asset_layer.selected_keys)


def _check(
    what: str, partitions_def: PartitionsDefinition, key: str | None, key_range: PartitionKeyRange | None, store: Any
) -> None:
    if not _is_known_here(partitions_def, store):
        return
    for each in [key] if key is not None else (key_range or ()):
        try:
            partitions_def.validate_partition_key(str(each), None, store)
        except UnknownPartitionError as error:
            raise UnknownPartitionError(f"{what}: {error}") from None


def _is_known_here(partitions_def: PartitionsDefinition, store: Any) -> bool:
    """Whether its keys can be checked: those of dynamic partitions only where they are kept."""
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return all(_is_known_here(each.partitions_def, store) for each in partitions_def.partitions_defs)
    return not isinstance(partitions_def, DynamicPartitionsDefinition) or partitions_def.can_be_listed(store)
