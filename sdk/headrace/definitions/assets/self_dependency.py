"""Assets whose partitions are made from earlier ones of their own."""

from __future__ import annotations

from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.multi_mapping import MultiPartitionMapping
from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
from headrace.errors import InvalidDefinitionError


def is_made_from_its_past(spec: AssetSpec) -> bool:
    """Whether an asset depends on itself only as far as earlier partitions go."""
    return all(_is_of_the_past(dep.partition_mapping) for dep in spec.deps if dep.asset_key == spec.key)


def check_self_dependency(spec: AssetSpec) -> None:
    """Refuses an asset that depends on itself in any other way."""
    own = [dep for dep in spec.deps if dep.asset_key == spec.key]
    if not own:
        return
    partitions_def = spec.partitions_def
    if (
        isinstance(own[0].partition_mapping, MultiPartitionMapping)
        and isinstance(partitions_def, MultiPartitionsDefinition)
        and not partitions_def.has_time_window_dimension
    ):
        raise InvalidDefinitionError(
            f"Expected exactly one time window partitioned dimension in the partitions of {spec.key.to_user_string()!r}, as it "
            "depends on itself."
        )
    if partitions_def is None or not is_made_from_its_past(spec):
        raise InvalidDefinitionError(
            "Assets can only depend on themselves if they are partitioned by time, and each partition depends on earlier "
            f"ones: {spec.key.to_user_string()!r} ({spec.source}) does not. Give the dependency a partition mapping such as "
            "TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)."
        )


def _is_of_the_past(mapping: PartitionMapping | None) -> bool:
    if isinstance(mapping, MultiPartitionMapping):
        dimensions = mapping.downstream_mappings_by_upstream_dimension.values()
        return any(_is_of_the_past(each.partition_mapping) for each in dimensions)
    return isinstance(mapping, TimeWindowPartitionMapping) and mapping.end_offset < 0
