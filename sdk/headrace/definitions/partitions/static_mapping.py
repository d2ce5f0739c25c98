"""Partitions that are related by a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.mapping import PartitionMapping, UpstreamPartitionsResult
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.errors import InvalidDefinitionError, InvariantViolationError


class StaticPartitionMapping(PartitionMapping):
    """Partitions are related by a table.

    Args:
        downstream_partition_keys_by_upstream_partition_key: For each key upstream the keys of what is made from it.
    """

    def __init__(
        self, downstream_partition_keys_by_upstream_partition_key: Mapping[str, str | Collection[str]]
    ) -> None:
        self.downstream_partition_keys_by_upstream_partition_key = downstream_partition_keys_by_upstream_partition_key
        self._downstream = {
            key: {made} if isinstance(made, str) else set(made)
            for key, made in downstream_partition_keys_by_upstream_partition_key.items()
        }
        self._upstream: dict[str, set[str]] = {}
        for key, made in self._downstream.items():
            for each in made:
                self._upstream.setdefault(each, set()).add(key)

    def validate_partition_mapping(
        self, upstream_partitions_def: PartitionsDefinition, downstream_partitions_def: PartitionsDefinition | None
    ) -> None:
        """Raises `InvalidDefinitionError` if the table names keys that there are not."""
        sides = (
            ("upstream", upstream_partitions_def, self._downstream),
            ("downstream", downstream_partitions_def, self._upstream),
        )
        for side, partitions_def, keys in sides:
            if not isinstance(partitions_def, StaticPartitionsDefinition):
                raise InvalidDefinitionError(f"StaticPartitionMapping: what is {side} must have static partitions.")
            unknown = [key for key in keys if not partitions_def.has_partition_key(key)]
            if unknown:
                names = ", ".join(map(repr, unknown))
                raise InvalidDefinitionError(f"StaticPartitionMapping: there is no partition {names} {side}.")

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The partitions that the table gives."""
        if downstream_partitions_subset is None:
            raise InvariantViolationError(
                "What is downstream is not partitioned, so StaticPartitionMapping does not fit."
            )
        keys = {key for each in downstream_partitions_subset for key in self._upstream.get(each, ())}
        return UpstreamPartitionsResult(upstream_partitions_def.subset_with_partition_keys(sorted(keys)))

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The partitions that the table gives."""
        self.validate_partition_mapping(upstream_partitions_def, downstream_partitions_def)
        keys = {key for each in upstream_partitions_subset for key in self._downstream.get(each, ())}
        return downstream_partitions_def.subset_with_partition_keys(sorted(keys))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaticPartitionMapping) and self._downstream == other._downstream

    def __hash__(self) -> int:
        return hash(tuple(sorted((key, tuple(sorted(made))) for key, made in self._downstream.items())))
