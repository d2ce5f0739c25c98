"""Which partitions of an asset another one is made from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import KeysSubset, PartitionsSubset


@dataclass(frozen=True)
class UpstreamPartitionsResult:
    """The partitions upstream of some partitions.

    Attributes:
        partitions_subset: Those that there are.
        required_but_nonexistent_partition_keys: Those that are needed and that there are not.
    """

    partitions_subset: PartitionsSubset
    required_but_nonexistent_partition_keys: Sequence[str] = ()

    @property
    def required_but_nonexistent_subset(self) -> KeysSubset:
        """Those that are needed and that there are not, as a subset."""
        return KeysSubset(self.partitions_subset.partitions_def, self.required_but_nonexistent_partition_keys)


class PartitionMapping(ABC):
    """Tells which partitions of an asset upstream the partitions of an asset downstream are made from."""

    @property
    def description(self) -> str:
        """What it does, for people."""
        return (type(self).__doc__ or "").split("\n", maxsplit=1)[0]

    @abstractmethod
    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The partitions that some partitions downstream are made from.

        Args:
            downstream_partitions_subset: The partitions downstream; None if what is downstream is not partitioned.
            downstream_partitions_def: The set they are of; None likewise.
            upstream_partitions_def: The partitions upstream.
            current_time: When to look; now when left out.
            dynamic_partitions_store: Where the keys of dynamic partitions are.
        """

    @abstractmethod
    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The partitions that are made from some partitions upstream.

        Args:
            upstream_partitions_subset: The partitions upstream.
            upstream_partitions_def: The set they are of.
            downstream_partitions_def: The partitions downstream.
            current_time: When to look; now when left out.
            dynamic_partitions_store: Where the keys of dynamic partitions are.
        """

    def validate_partition_mapping(
        self,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition | None,
    ) -> None:
        """Raises `InvalidDefinitionError` if it does not fit the partitions on its two sides."""
        return
