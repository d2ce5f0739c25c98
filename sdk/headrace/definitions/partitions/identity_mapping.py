"""The same key on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.mapping import PartitionMapping, UpstreamPartitionsResult
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.spans import SpansSubset
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import InvalidDefinitionError, InvariantViolationError


@dataclass(frozen=True)
class IdentityPartitionMapping(PartitionMapping):
    """A partition is made from the one of the same key."""

    def validate_partition_mapping(
        self, upstream_partitions_def: PartitionsDefinition, downstream_partitions_def: PartitionsDefinition | None
    ) -> None:
        """Raises `InvalidDefinitionError` if the partitions on its two sides are of different kinds."""
        if downstream_partitions_def is None or _kind(upstream_partitions_def) is _kind(downstream_partitions_def):
            return
        raise InvalidDefinitionError(
            "Upstream and downstream partitions definitions must match, or a different partition mapping must be provided. "
            f"Got upstream {upstream_partitions_def!r} and downstream {downstream_partitions_def!r}."
        )

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The partitions of the same keys."""
        if downstream_partitions_subset is None:
            raise InvariantViolationError(
                "What is downstream is not partitioned, so IdentityPartitionMapping does not fit."
            )
        if downstream_partitions_def == upstream_partitions_def:
            return UpstreamPartitionsResult(downstream_partitions_subset)
        there: list[str] = []
        missing: list[str] = []
        for key in downstream_partitions_subset:
            known = upstream_partitions_def.has_partition_key(key, current_time, dynamic_partitions_store)
            (there if known else missing).append(key)
        return UpstreamPartitionsResult(upstream_partitions_def.subset_with_partition_keys(there), missing)

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The partitions of the same keys, as far as there are such."""
        if upstream_partitions_def == downstream_partitions_def and isinstance(upstream_partitions_subset, SpansSubset):
            return upstream_partitions_subset
        return downstream_partitions_def.subset_with_partition_keys(
            key
            for key in upstream_partitions_subset
            if downstream_partitions_def.has_partition_key(key, current_time, dynamic_partitions_store)
        )


def _kind(partitions_def: PartitionsDefinition) -> type:
    """Days and hours are of one kind: windows of time."""
    return next((each for each in _KINDS if isinstance(partitions_def, each)), type(partitions_def))


_KINDS = (TimeWindowPartitionsDefinition, StaticPartitionsDefinition, DynamicPartitionsDefinition)
