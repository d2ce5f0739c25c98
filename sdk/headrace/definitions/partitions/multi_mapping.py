"""Partitions in two dimensions, related to others in two dimensions or in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from headrace.definitions.partitions.identity_mapping import IdentityPartitionMapping
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.mapping import PartitionMapping, UpstreamPartitionsResult
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.multi_key import MultiPartitionKey
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.errors import InvalidDefinitionError


@dataclass(frozen=True)
class DimensionPartitionMapping:
    """How a dimension upstream is related to one downstream.

    Args:
        dimension_name: The dimension downstream.
        partition_mapping: How their partitions are related.
    """

    dimension_name: str
    partition_mapping: PartitionMapping


@dataclass(frozen=True)
class MultiPartitionMapping(PartitionMapping):
    """Each dimension is related on its own; a dimension that is not named is related as a whole.

    Args:
        downstream_mappings_by_upstream_dimension: For a dimension upstream the one downstream, and how they are related.
    """

    downstream_mappings_by_upstream_dimension: Mapping[str, DimensionPartitionMapping]

    @property
    def description(self) -> str:
        """What it does, for people."""
        return "; ".join(
            f"{name!r} mapped to downstream dimension {each.dimension_name!r} using {type(each.partition_mapping).__name__}"
            for name, each in self.downstream_mappings_by_upstream_dimension.items()
        )

    def validate_partition_mapping(
        self, upstream_partitions_def: PartitionsDefinition, downstream_partitions_def: PartitionsDefinition | None
    ) -> None:
        """Raises `InvalidDefinitionError` if it names dimensions that there are not."""
        upstream, downstream = _multi(upstream_partitions_def), _multi(downstream_partitions_def)
        for name, each in self.downstream_mappings_by_upstream_dimension.items():
            sides = ((name, upstream, "upstream"), (each.dimension_name, downstream, "downstream"))
            for dimension, partitions_def, side in sides:
                if dimension not in partitions_def.partition_dimension_names:
                    names = ", ".join(map(repr, partitions_def.partition_dimension_names))
                    raise InvalidDefinitionError(
                        f"MultiPartitionMapping names an {side} dimension name that is not in the {side} partitions def: "
                        f"{dimension!r}; there are: {names}."
                    )

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """Each dimension's partitions, in all combinations."""
        self.validate_partition_mapping(upstream_partitions_def, downstream_partitions_def)
        upstream, downstream = _multi(upstream_partitions_def), _multi(downstream_partitions_def)
        found: set[str] = set()
        missing: list[str] = []
        for key in downstream_partitions_subset or ():
            parts: dict[str, Sequence[str]] = {}
            for dimension in upstream.partitions_defs:
                theirs = dimension.partitions_def
                mapped = self.downstream_mappings_by_upstream_dimension.get(dimension.name)
                if mapped is None:
                    parts[dimension.name] = theirs.get_partition_keys(current_time, dynamic_partitions_store)
                    continue
                own = downstream.get_partitions_def_for_dimension(mapped.dimension_name)
                own_key = downstream.get_partition_key_from_str(key).keys_by_dimension[mapped.dimension_name]
                result = mapped.partition_mapping.get_upstream_mapped_partitions_result_for_partitions(
                    own.subset_with_partition_keys([own_key]), own, theirs, current_time, dynamic_partitions_store
                )
                parts[dimension.name] = result.partitions_subset.get_partition_keys()
                missing.extend(result.required_but_nonexistent_partition_keys)
            found.update(_combined(parts))
        return UpstreamPartitionsResult(upstream.subset_with_partition_keys(found), missing)

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """Each dimension's partitions, in all combinations."""
        upstream, downstream = _multi(upstream_partitions_def), _multi(downstream_partitions_def)
        found: set[str] = set()
        for key in upstream_partitions_subset:
            own_keys = upstream.get_partition_key_from_str(key).keys_by_dimension
            parts: dict[str, Sequence[str]] = {
                each.name: each.partitions_def.get_partition_keys(current_time, dynamic_partitions_store)
                for each in downstream.partitions_defs
            }
            for name, mapped in self.downstream_mappings_by_upstream_dimension.items():
                own = upstream.get_partitions_def_for_dimension(name)
                theirs = downstream.get_partitions_def_for_dimension(mapped.dimension_name)
                parts[mapped.dimension_name] = mapped.partition_mapping.get_downstream_partitions_for_partitions(
                    own.subset_with_partition_keys([own_keys[name]]),
                    own,
                    theirs,
                    current_time,
                    dynamic_partitions_store,
                ).get_partition_keys()
            found.update(_combined(parts))
        return downstream.subset_with_partition_keys(found)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.downstream_mappings_by_upstream_dimension)))


@dataclass(frozen=True)
class MultiToSingleDimensionPartitionMapping(PartitionMapping):
    """Partitions in two dimensions on one side, and those of one of the dimensions on the other.

    Args:
        partition_dimension_name: The dimension; the one with the same partitions when left out.
    """

    partition_dimension_name: str | None = None

    def validate_partition_mapping(
        self, upstream_partitions_def: PartitionsDefinition, downstream_partitions_def: PartitionsDefinition | None
    ) -> None:
        """Raises `InvalidDefinitionError` unless one side has two dimensions and the other has one of them."""
        self._sides(upstream_partitions_def, downstream_partitions_def)

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The partitions with the same key in the dimension."""
        assert downstream_partitions_def is not None and downstream_partitions_subset is not None
        keys = self._across(
            downstream_partitions_subset,
            downstream_partitions_def,
            upstream_partitions_def,
            current_time,
            dynamic_partitions_store,
        )
        if isinstance(upstream_partitions_def, MultiPartitionsDefinition):
            return UpstreamPartitionsResult(upstream_partitions_def.subset_with_partition_keys(keys))
        # The dimension may differ in its bounds from the partitions on the other side.
        name = self._sides(upstream_partitions_def, downstream_partitions_def)[1]
        own = _multi(downstream_partitions_def).get_partitions_def_for_dimension(name)
        return IdentityPartitionMapping().get_upstream_mapped_partitions_result_for_partitions(
            own.subset_with_partition_keys(keys), own, upstream_partitions_def, current_time, dynamic_partitions_store
        )

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The partitions with the same key in the dimension."""
        keys = self._across(
            upstream_partitions_subset,
            upstream_partitions_def,
            downstream_partitions_def,
            current_time,
            dynamic_partitions_store,
        )
        return downstream_partitions_def.subset_with_partition_keys(keys)

    def _across(
        self,
        subset: PartitionsSubset,
        here: PartitionsDefinition,
        there: PartitionsDefinition,
        current_time: datetime | None,
        store: DynamicPartitionsStore | None,
    ) -> Sequence[str]:
        multi, name = self._sides(here, there)
        if here is multi:
            return sorted({multi.get_partition_key_from_str(key).keys_by_dimension[name] for key in subset})
        return [
            found
            for key in subset
            for found in multi.get_multipartition_keys_with_dimension_value(name, key, current_time, store)
        ]

    def _sides(
        self, one: PartitionsDefinition, other: PartitionsDefinition | None
    ) -> tuple[MultiPartitionsDefinition, str]:
        """The side with two dimensions, and the dimension."""
        if isinstance(one, MultiPartitionsDefinition) == isinstance(other, MultiPartitionsDefinition):
            raise InvalidDefinitionError(
                "MultiToSingleDimensionPartitionMapping is between partitions in two dimensions and partitions in one."
            )
        multi, single = (one, other) if isinstance(one, MultiPartitionsDefinition) else (_multi(other), one)
        if self.partition_dimension_name is not None:
            multi.get_partitions_def_for_dimension(self.partition_dimension_name)
            return multi, self.partition_dimension_name
        same = [each.name for each in multi.partitions_defs if each.partitions_def == single]
        if len(same) != 1:
            raise InvalidDefinitionError(
                f"{len(same)} of the dimensions have the partitions of the other side, so the dimension name must be specified: give "
                "partition_dimension_name."
            )
        return multi, same[0]


def _multi(partitions_def: PartitionsDefinition | None) -> MultiPartitionsDefinition:
    if not isinstance(partitions_def, MultiPartitionsDefinition):
        raise InvalidDefinitionError(
            f"MultiPartitionMapping is between partitions in two dimensions, not {partitions_def}."
        )
    return partitions_def


def _combined(parts: Mapping[str, Sequence[str]]) -> list[MultiPartitionKey]:
    return [MultiPartitionKey(dict(zip(parts, keys, strict=True))) for keys in product(*parts.values())]
