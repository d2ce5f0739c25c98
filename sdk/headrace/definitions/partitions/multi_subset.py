"""Some of the partitions of a set in two dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headrace.definitions.partitions.keys import PartitionKeyRange, PartitionKeys
from headrace.definitions.partitions.multi_key import MultiPartitionKey
from headrace.definitions.partitions.subset import KeysSubset

Stretch = tuple[str, str]
"""The first and the last of neighbouring keys of one dimension."""


class MultiKeysSubset(KeysSubset):
    """Some of the partitions of a set in two dimensions."""

    def get_partition_keys(self) -> Sequence[MultiPartitionKey]:
        """The keys, sorted."""
        return PartitionKeys(map(self.partitions_def.get_partition_key_from_str, super().get_partition_keys()))  # type: ignore[return-value]

    def get_partition_key_ranges(self, partitions_def: Any = None) -> Sequence[PartitionKeyRange]:
        """The same as rectangles: everything between two keys in both dimensions.

        Args:
            partitions_def: Accepted for older code; a subset knows its set.
        """
        keys = [key.keys_by_dimension for key in self.get_partition_keys()]
        # Rows along the dimension of which it has fewer keys are the fewest.
        rows, columns = sorted(
            self.partitions_def.partitions_defs, key=lambda each: len({key[each.name] for key in keys})
        )
        found: dict[str, list[str]] = {}
        for key in keys:
            found.setdefault(key[rows.name], []).append(key[columns.name])
        stretches = {row: tuple(_stretches(columns.partitions_def, some)) for row, some in found.items()}
        return [
            PartitionKeyRange(
                MultiPartitionKey({rows.name: first, columns.name: left}),
                MultiPartitionKey({rows.name: last, columns.name: right}),
            )
            for first, last in _alike(rows.partitions_def, stretches)
            for left, right in stretches[first]
        ]


def _alike(partitions_def: Any, stretches: Mapping[str, Sequence[Stretch]]) -> Iterator[Stretch]:
    """Neighbouring rows that have the same stretches."""
    for first, last in _stretches(partitions_def, stretches):
        begin = end = first
        for row in partitions_def.get_partition_keys_in_range(PartitionKeyRange(first, last)):
            if stretches[row] != stretches[begin]:
                yield begin, end
                begin = row
            end = row
        yield begin, end


def _stretches(partitions_def: Any, keys: Iterable[str]) -> Iterator[Stretch]:
    """Keys of one dimension as stretches of neighbours; each by itself where neighbours are not known."""
    yield from partitions_def.subset_with_partition_keys(keys).get_partition_key_ranges()
