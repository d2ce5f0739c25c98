"""Some of the partitions of a set whose keys have numbers, as ranges of numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from headrace.definitions.partitions.keys import PartitionKeyRange, PartitionKeys
from headrace.definitions.partitions.subset import PartitionsSubset

Span = tuple[int, int]
"""A range of numbers, the end not included."""


class SpansSubset(PartitionsSubset):
    """Some of the partitions of a set whose keys have numbers; costs by the number of gaps, not of keys.

    Attributes:
        spans: The numbers in it: ascending ranges with gaps between them.
    """

    def __init__(self, partitions_def: object, spans: Iterable[Span] = ()) -> None:
        super().__init__(partitions_def)
        self.spans: tuple[Span, ...] = joined(spans)

    def get_partition_keys(self) -> Sequence[str]:
        """The keys, in the order of the set."""
        key_at = self.partitions_def.key_at
        return PartitionKeys(key_at(number) for start, end in self.spans for number in range(start, end))

    def get_partition_key_ranges(self, partitions_def: object = None) -> Sequence[PartitionKeyRange]:
        """The same as ranges of neighbouring keys."""
        key_at = self.partitions_def.key_at
        return [PartitionKeyRange(key_at(start), key_at(end - 1)) for start, end in self.spans]

    def with_partition_keys(self, partition_keys: Iterable[str]) -> SpansSubset:
        """The same with more keys."""
        numbers = [self.partitions_def.require_number(key) for key in partition_keys]
        return type(self)(self.partitions_def, [*self.spans, *((number, number + 1) for number in numbers)])

    def __or__(self, other: SpansSubset) -> SpansSubset:
        return type(self)(self.partitions_def, [*self.spans, *self._checked(other).spans])

    def __and__(self, other: SpansSubset) -> SpansSubset:
        return type(self)(self.partitions_def, _common(self.spans, self._checked(other).spans))

    def __sub__(self, other: SpansSubset) -> SpansSubset:
        return type(self)(self.partitions_def, _common(self.spans, _gaps(self._checked(other).spans, self.spans)))

    def __contains__(self, key: object) -> bool:
        number = self.partitions_def.number_of(key) if isinstance(key, str) else None
        if number is None:
            return False
        place = bisect_right(self.spans, number, key=lambda span: span[0]) - 1
        return place >= 0 and number < self.spans[place][1]

    def __len__(self) -> int:
        return sum(end - start for start, end in self.spans)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SpansSubset)
            and self.spans == other.spans
            and bool(self.partitions_def == other.partitions_def)
        )

    def __hash__(self) -> int:
        return hash(self.spans)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same numbers as ascending ranges with gaps between them."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    common = []
    mine = theirs = 0
    while mine < len(one) and theirs < len(other):
        (start, end), (other_start, other_end) = one[mine], other[theirs]
        common.append((max(start, other_start), min(end, other_end)))
        if end < other_end:
            mine += 1
        else:
            theirs += 1
    return [span for span in common if span[0] < span[1]]


def _gaps(spans: Sequence[Span], around: Sequence[Span]) -> list[Span]:
    """The ranges between `spans`, as far as `around` goes."""
    if not around:
        return []
    starts = [around[0][0], *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), around[-1][1]]
    return [span for span in zip(starts, ends, strict=True) if span[0] < span[1]]
