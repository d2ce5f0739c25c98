"""Partitions that are related by the time they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.mapping import PartitionMapping, UpstreamPartitionsResult
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.spans import Span, SpansSubset
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.ticks import Ticks
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.definitions.partitions.window_keys import format_key
from headrace.errors import InvalidDefinitionError

_UTC = timezone.utc


@dataclass(frozen=True)
class TimeWindowPartitionMapping(PartitionMapping):
    """A window of time is made from the windows upstream that overlap it.

    Args:
        start_offset: Moves the start of the time to overlap, by a number of windows downstream; -1 begins one earlier.
        end_offset: Moves its end.
        allow_nonexistent_upstream_partitions: Whether windows that there are not upstream are left out, and are no error.
    """

    start_offset: int = 0
    end_offset: int = 0
    allow_nonexistent_upstream_partitions: bool = False

    def validate_partition_mapping(
        self, upstream_partitions_def: PartitionsDefinition, downstream_partitions_def: PartitionsDefinition | None
    ) -> None:
        """Raises `InvalidDefinitionError` unless both sides are windows of time in one time zone."""
        upstream, downstream = (
            _windows(upstream_partitions_def, "upstream"),
            _windows(downstream_partitions_def, "downstream"),
        )
        if upstream.timezone != downstream.timezone:
            raise InvalidDefinitionError(
                f"Timezones {upstream.timezone} and {downstream.timezone} don't match: a window of one would be made from parts of "
                "windows of the other. Give both sides one time zone."
            )

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset: PartitionsSubset | None,
        downstream_partitions_def: PartitionsDefinition | None,
        upstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> UpstreamPartitionsResult:
        """The windows that overlap those downstream, moved by the offsets.

        What the offsets move to before the first window is left out; a partition may well start with no past.
        """
        upstream = _windows(upstream_partitions_def, "upstream")
        downstream = _windows(downstream_partitions_def, "downstream")
        assert isinstance(downstream_partitions_subset, SpansSubset)
        count = upstream.get_num_partitions(current_time)
        spans: list[Span] = []
        missing: list[str] = []
        for first, last in downstream_partitions_subset.spans:
            start, end = downstream.ticks.start(first), downstream.ticks.end(last - 1)
            low, high = _overlapping(upstream.ticks, start, end)
            moved = _overlapping(
                upstream.ticks,
                downstream.ticks.start(first + self.start_offset),
                downstream.ticks.end(last - 1 + self.end_offset),
            )
            spans.append((max(0, moved[0]), min(count, moved[1])))
            if not self.allow_nonexistent_upstream_partitions:
                missing.extend(_missing(upstream, low, high, count, start))
        return UpstreamPartitionsResult(upstream.subset_of_spans(spans), missing)

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset: PartitionsSubset,
        upstream_partitions_def: PartitionsDefinition,
        downstream_partitions_def: PartitionsDefinition,
        current_time: datetime | None = None,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
    ) -> PartitionsSubset:
        """The windows that are made from those upstream."""
        upstream = _windows(upstream_partitions_def, "upstream")
        downstream = _windows(downstream_partitions_def, "downstream")
        assert isinstance(upstream_partitions_subset, SpansSubset)
        count = downstream.get_num_partitions(current_time)
        spans = []
        for first, last in upstream_partitions_subset.spans:
            low, high = _overlapping(downstream.ticks, upstream.ticks.start(first), upstream.ticks.end(last - 1))
            spans.append((max(0, low - self.end_offset), min(count, high - self.start_offset)))
        return downstream.subset_of_spans(spans)


def _windows(partitions_def: PartitionsDefinition | None, side: str) -> TimeWindowPartitionsDefinition:
    if not isinstance(partitions_def, TimeWindowPartitionsDefinition):
        raise InvalidDefinitionError(
            f"TimeWindowPartitionMapping: what is {side} must be partitioned by windows of time, not by {partitions_def}."
        )
    return partitions_def


def _overlapping(ticks: Ticks, start: datetime, end: datetime) -> Span:
    """The windows that overlap a span of time; below 0 for what lies before the first."""
    number = ticks.floor(start)
    return (number if number < 0 else ticks.ended(start)), ticks.ceil(end)


def _missing(
    upstream: TimeWindowPartitionsDefinition, low: int, high: int, count: int, start: datetime
) -> Sequence[str]:
    """The keys between two numbers that no partition has."""
    before = [format_key(start.astimezone(_UTC).astimezone(upstream.tzinfo), upstream.fmt)] if low < 0 else []
    return [*before, *(upstream.key_at(number) for number in range(max(low, count), high))]
