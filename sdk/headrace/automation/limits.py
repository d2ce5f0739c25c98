"""How much is requested at once."""

from __future__ import annotations

from headrace.automation.subset import EntitySubset
from headrace.definitions.partitions.spans import SpansSubset


def at_most(subset: EntitySubset, most: int | None) -> EntitySubset:
    """The first partitions of a subset, at most so many."""
    if most is None or subset.size <= most or isinstance(subset.value, bool):
        return subset
    if isinstance(subset.value, SpansSubset):
        return EntitySubset(subset.key, _first(subset.value, most))
    keys = list(subset.value.get_partition_keys())[:most]
    return EntitySubset(subset.key, subset.value.partitions_def.subset_with_partition_keys(keys))


def _first(subset: SpansSubset, most: int) -> SpansSubset:
    spans = []
    for start, end in subset.spans:
        length = min(end - start, most)
        spans.append((start, start + length))
        most -= length
        if not most:
            break
    limited: SpansSubset = subset.partitions_def.subset_of_spans(spans)
    return limited
