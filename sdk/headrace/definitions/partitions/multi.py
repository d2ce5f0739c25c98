"""Partitions in two dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.multi_key import KEY_SEPARATOR, MultiPartitionKey
from headrace.definitions.partitions.multi_subset import MultiKeysSubset
from headrace.definitions.partitions.partitions_definition import PARTITION_TAG, PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.time_window import TimeWindow
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import InvalidDefinitionError, InvariantViolationError, UnknownPartitionError

DIMENSIONS = 2
_RESERVED = (KEY_SEPARATOR, "[", "]", ",")


@dataclass(frozen=True)
class PartitionDimensionDefinition:
    """One dimension.

    Attributes:
        name: Its name.
        partitions_def: Its partitions.
    """

    name: str
    partitions_def: PartitionsDefinition


class MultiPartitionsDefinition(PartitionsDefinition):
    """Partitions in two dimensions: one for each key of the first with each key of the second.

    Args:
        partitions_defs: The partitions of each dimension, by its name.
    """

    def __init__(self, partitions_defs: Mapping[str, PartitionsDefinition]) -> None:
        if len(partitions_defs) != DIMENSIONS:
            raise InvalidDefinitionError(
                f"MultiPartitionsDefinition has {DIMENSIONS} dimensions, but got {len(partitions_defs)}: "
                f"{', '.join(map(repr, partitions_defs)) or 'none'}."
            )
        for name, each in partitions_defs.items():
            if not isinstance(each, PartitionsDefinition) or isinstance(each, MultiPartitionsDefinition):
                raise InvalidDefinitionError(f"Dimension {name!r} must be partitions of one dimension, not {each!r}.")
            if isinstance(each, DynamicPartitionsDefinition) and each.name is None:
                raise InvalidDefinitionError(
                    f"Dimension {name!r}: dynamic partitions must have a name to be a dimension; these have a partition_fn."
                )
            bad = [key for key in _written_keys(each) if any(character in key for character in _RESERVED)]
            if bad:
                raise InvalidDefinitionError(
                    f"Dimension {name!r}: the key {bad[0]!r} must contain none of {' '.join(_RESERVED)}, which separate "
                    "dimensions and keys."
                )
        self.partitions_defs: Sequence[PartitionDimensionDefinition] = [
            PartitionDimensionDefinition(name, each) for name, each in sorted(partitions_defs.items())
        ]

    # Dimensions

    @property
    def partition_dimension_names(self) -> Sequence[str]:
        """The names of the dimensions, sorted."""
        return [each.name for each in self.partitions_defs]

    def get_partitions_def_for_dimension(self, dimension_name: str) -> PartitionsDefinition:
        """The partitions of a dimension."""
        for each in self.partitions_defs:
            if each.name == dimension_name:
                return each.partitions_def
        names = ", ".join(map(repr, self.partition_dimension_names))
        raise InvariantViolationError(f"There is no dimension {dimension_name!r}; there are: {names}.")

    @property
    def has_time_window_dimension(self) -> bool:
        """Whether exactly one dimension is windows of time."""
        return (
            sum(isinstance(each.partitions_def, TimeWindowPartitionsDefinition) for each in self.partitions_defs) == 1
        )

    @property
    def time_window_dimension(self) -> PartitionDimensionDefinition:
        """The dimension that is windows of time."""
        if not self.has_time_window_dimension:
            raise InvariantViolationError("Not exactly one of the dimensions is windows of time.")
        return next(
            each for each in self.partitions_defs if isinstance(each.partitions_def, TimeWindowPartitionsDefinition)
        )

    @property
    def time_window_partitions_def(self) -> TimeWindowPartitionsDefinition:
        """The windows of time of the dimension that has such."""
        found = self.time_window_dimension.partitions_def
        assert isinstance(found, TimeWindowPartitionsDefinition)
        return found

    def time_window_for_partition_key(self, partition_key: str) -> TimeWindow:
        """The window of the dimension that is windows of time."""
        key = self.get_partition_key_from_str(partition_key).keys_by_dimension[self.time_window_dimension.name]
        return self.time_window_partitions_def.time_window_for_partition_key(key)

    # Keys

    def get_partition_key_from_str(self, partition_key: str) -> MultiPartitionKey:
        """A key as the keys of both dimensions; raises `UnknownPartitionError` if it is no such key."""
        if isinstance(partition_key, MultiPartitionKey):
            names = list(partition_key.keys_by_dimension)
            if names == list(self.partition_dimension_names):
                return partition_key
            raise UnknownPartitionError(
                f"Partition {str(partition_key)!r} has the dimensions {names}, not {list(self.partition_dimension_names)}."
            )
        parts = str(partition_key).split(KEY_SEPARATOR)
        if len(parts) != DIMENSIONS:
            raise UnknownPartitionError(
                f"There is no partition {partition_key!r}: a key is {KEY_SEPARATOR.join(self.partition_dimension_names)}."
            )
        return MultiPartitionKey(dict(zip(self.partition_dimension_names, parts, strict=True)))

    def get_partition_keys(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[MultiPartitionKey]:
        """All keys: each of the first dimension with each of the second."""
        (first, firsts), (second, seconds) = (
            (each.name, each.partitions_def.get_partition_keys(current_time, dynamic_partitions_store))
            for each in self.partitions_defs
        )
        return [MultiPartitionKey({first: one, second: other}) for one in firsts for other in seconds]

    def get_multipartition_keys_with_dimension_value(
        self,
        dimension_name: str,
        dimension_partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[MultiPartitionKey]:
        """The keys with one key in one dimension."""
        return self.get_multipartition_keys_with_dimension_values(
            dimension_name, [dimension_partition_key], current_time, dynamic_partitions_store
        )

    def get_multipartition_keys_with_dimension_values(
        self,
        dimension_name: str,
        dimension_partition_keys: Iterable[str],
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[MultiPartitionKey]:
        """The keys with any of these keys in one dimension."""
        self.get_partitions_def_for_dimension(dimension_name)
        other = next(each for each in self.partitions_defs if each.name != dimension_name)
        keys = other.partitions_def.get_partition_keys(current_time, dynamic_partitions_store)
        return [
            MultiPartitionKey({dimension_name: mine, other.name: key})
            for mine in dimension_partition_keys
            for key in keys
        ]

    def has_partition_key(
        self,
        partition_key: str,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> bool:
        """Whether there is such a partition."""
        try:
            keys = self.get_partition_key_from_str(partition_key).keys_by_dimension
        except UnknownPartitionError:
            return False
        return all(
            each.partitions_def.has_partition_key(keys[each.name], current_time, dynamic_partitions_store)
            for each in self.partitions_defs
        )

    def get_num_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> int:
        """How many partitions there are."""
        first, second = (
            each.partitions_def.get_num_partitions(current_time, dynamic_partitions_store)
            for each in self.partitions_defs
        )
        return first * second

    def get_partition_keys_in_range(
        self,
        partition_key_range: PartitionKeyRange,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> Sequence[MultiPartitionKey]:
        """The keys whose parts lie between those of two keys, in both dimensions."""
        first, last = map(self.get_partition_key_from_str, partition_key_range)
        (one, ones), (other, others) = (
            (
                each.name,
                each.partitions_def.get_partition_keys_in_range(
                    PartitionKeyRange(first.keys_by_dimension[each.name], last.keys_by_dimension[each.name]),
                    dynamic_partitions_store,
                ),
            )
            for each in self.partitions_defs
        )
        return [MultiPartitionKey({one: mine, other: theirs}) for mine in ones for theirs in others]

    def get_tags_for_partition_key(self, partition_key: str) -> Mapping[str, str]:
        """The tags of a run that is for a partition: the key, and that of each dimension."""
        keys = self.get_partition_key_from_str(partition_key).keys_by_dimension
        return {PARTITION_TAG: str(partition_key), **{f"{PARTITION_TAG}/{name}": key for name, key in keys.items()}}

    # Subsets

    def empty_subset(self) -> MultiKeysSubset:
        """None of the partitions."""
        return MultiKeysSubset(self)

    def subset_with_all_partitions(
        self,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> MultiKeysSubset:
        """All of the partitions that there are now."""
        return MultiKeysSubset(self, self.get_partition_keys(current_time, dynamic_partitions_store))

    def _hint(self, partition_key: str, current_time: datetime | None) -> str:
        parts = str(partition_key).split(KEY_SEPARATOR)
        if len(parts) != DIMENSIONS:
            return f"a key is {KEY_SEPARATOR.join(self.partition_dimension_names)}"
        bad = [
            f"{each.name!r} has no {part!r}"
            for each, part in zip(self.partitions_defs, parts, strict=True)
            if not _dynamic(each.partitions_def) and not each.partitions_def.has_partition_key(part, current_time)
        ]
        return " and ".join(bad) or "a key of its dynamic dimension was not added"

    def _identity(self, dynamic_partitions_store: DynamicPartitionsStore | None) -> str:
        return " ".join(
            f"{each.name}: {each.partitions_def.get_serializable_unique_identifier(dynamic_partitions_store)}"
            for each in self.partitions_defs
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MultiPartitionsDefinition) and self.partitions_defs == other.partitions_defs

    def __hash__(self) -> int:
        return hash(tuple(self.partitions_defs))

    def __repr__(self) -> str:
        dimensions = ", ".join(f"{each.name!r}: {each.partitions_def!r}" for each in self.partitions_defs)
        return f"MultiPartitionsDefinition({{{dimensions}}})"


def _written_keys(partitions_def: PartitionsDefinition) -> Sequence[str]:
    return partitions_def.get_partition_keys() if isinstance(partitions_def, StaticPartitionsDefinition) else ()


def _dynamic(partitions_def: PartitionsDefinition) -> bool:
    return isinstance(partitions_def, DynamicPartitionsDefinition)
