"""The same partitions upstream, whichever is made: all, the last, or given ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.mapping import PartitionMapping, UpstreamPartitionsResult
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset


class _WholeMapping(PartitionMapping, ABC):
    """Every partition downstream is made from the same partitions upstream."""

    @abstractmethod
    def _upstream(
        self,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None,
        dynamic_partitions_store: DynamicPartitionsStore | None,
    ) -> PartitionsSubset: ...

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The same partitions upstream for all."""
        return UpstreamPartitionsResult(self._upstream(upstream_partitions_def, current_time, dynamic_partitions_store))

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """All of them if they are made from one of the given ones, else none."""
        made_from = self._upstream(upstream_partitions_def, current_time, dynamic_partitions_store)
        if (made_from & upstream_partitions_subset).is_empty:
            return downstream_partitions_def.empty_subset()
        return downstream_partitions_def.subset_with_all_partitions(current_time, dynamic_partitions_store)


@dataclass(frozen=True)
class AllPartitionMapping(_WholeMapping):
    """Every partition is made from all partitions upstream."""

    def _upstream(
        self,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None,
        dynamic_partitions_store: DynamicPartitionsStore | None,
    ) -> PartitionsSubset:
        return upstream_partitions_def.subset_with_all_partitions(current_time, dynamic_partitions_store)


@dataclass(frozen=True)
class LastPartitionMapping(_WholeMapping):
    """Every partition is made from the last partition upstream."""

    def _upstream(
        self,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None,
        dynamic_partitions_store: DynamicPartitionsStore | None,
    ) -> PartitionsSubset:
        last = upstream_partitions_def.get_last_partition_key(current_time, dynamic_partitions_store)
        return upstream_partitions_def.subset_with_partition_keys([] if last is None else [last])


@dataclass(frozen=True)
class SpecificPartitionsPartitionMapping(_WholeMapping):
    """Every partition is made from the given partitions upstream.

    Args:
        partition_keys: Their keys.
    """

    partition_keys: Sequence[str]

    def validate_partition_mapping(
        self, upstream_partitions_def: PartitionsDefinition, downstream_partitions_def: PartitionsDefinition | None
    ) -> None:
        """Raises `UnknownPartitionError` if one of the keys can never be one."""
        self._upstream(upstream_partitions_def, None, None)

    def _upstream(
        self,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None,
        dynamic_partitions_store: DynamicPartitionsStore | None,
    ) -> PartitionsSubset:
        return upstream_partitions_def.subset_with_partition_keys(self.partition_keys)

    def __hash__(self) -> int:
        return hash(tuple(self.partition_keys))
