"""How partitions are related where nobody says so."""

from __future__ import annotations

from headrace.definitions.partitions.identity_mapping import IdentityPartitionMapping
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.definitions.partitions.whole_mappings import AllPartitionMapping


def infer_partition_mapping(
    given: PartitionMapping | None,
    downstream: PartitionsDefinition | None,
    upstream: PartitionsDefinition,
) -> PartitionMapping:
    """The mapping that is given, or the one that fits the partitions on both sides.

    What is not partitioned is made from all partitions; windows of time from the windows that overlap them; partitions in
    two dimensions dimension by dimension; everything else from the partition of the same key.
    """
    if given is not None:
        return given
    if downstream is None:
        return AllPartitionMapping()
    if isinstance(downstream, TimeWindowPartitionsDefinition) and isinstance(upstream, TimeWindowPartitionsDefinition):
        return TimeWindowPartitionMapping()
    if downstream == upstream:
        return IdentityPartitionMapping()
    if isinstance(downstream, MultiPartitionsDefinition) and isinstance(upstream, MultiPartitionsDefinition):
        return _between(downstream, upstream) or IdentityPartitionMapping()
    if isinstance(downstream, MultiPartitionsDefinition) != isinstance(upstream, MultiPartitionsDefinition):
        multi, single = (
            (downstream, upstream) if isinstance(downstream, MultiPartitionsDefinition) else (upstream, downstream)
        )
        assert isinstance(multi, MultiPartitionsDefinition)
        if sum(each.partitions_def == single for each in multi.partitions_defs) == 1:
            return MultiToSingleDimensionPartitionMapping()
    return IdentityPartitionMapping()


def _between(downstream: MultiPartitionsDefinition, upstream: MultiPartitionsDefinition) -> PartitionMapping | None:
    """Dimensions of the same partitions, or of the same name and of time on both sides, belong together."""
    mappings = {}
    for mine in upstream.partitions_defs:
        for theirs in downstream.partitions_defs:
            if mine.partitions_def == theirs.partitions_def:
                mappings[mine.name] = DimensionPartitionMapping(theirs.name, IdentityPartitionMapping())
            elif mine.name == theirs.name and _timed(mine.partitions_def) and _timed(theirs.partitions_def):
                mappings[mine.name] = DimensionPartitionMapping(theirs.name, TimeWindowPartitionMapping())
    return MultiPartitionMapping(mappings) if mappings else None


def _timed(partitions_def: PartitionsDefinition) -> bool:
    return isinstance(partitions_def, TimeWindowPartitionsDefinition)
