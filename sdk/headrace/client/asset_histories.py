"""The history of an asset and the states of its partitions, as the client gives them out."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.api.gateway.v1 import asset_service_pb2
from headrace.api.types.v1 import asset_pb2
from headrace.client.events import RunEvent, read_event


@dataclass(frozen=True, slots=True)
class AssetEvent:
    """A materialization, observation or verdict in the history of an asset.

    Attributes:
        number: Its place in the history of all assets; grows with every event.
        event: What happened; its run id is empty if no run told of it.
    """

    number: int
    event: RunEvent


@dataclass(frozen=True, slots=True)
class PartitionRanges:
    """A set of partitions.

    Attributes:
        count: How many there are.
        ranges: The first and last key of each stretch of neighbours, in the order of the set.
    """

    count: int = 0
    ranges: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AssetPartitions:
    """The partitions of an asset by what is known of them.

    Attributes:
        count: How many there are now.
        materialized: Those that were ever made.
        in_progress: Those that a run which goes on is to make.
        failed: Those that a run was to make and did not, and that nothing made since.
    """

    count: int
    materialized: PartitionRanges
    in_progress: PartitionRanges
    failed: PartitionRanges


def read_asset_event(event: asset_pb2.AssetEvent) -> AssetEvent:
    """Returns an event of the contract as the client gives it out."""
    return AssetEvent(event.number, read_event(event.event))


def read_partitions(answer: asset_service_pb2.GetAssetPartitionsResponse) -> AssetPartitions:
    """Returns states of partitions of the contract as the client gives them out."""
    return AssetPartitions(
        answer.partition_count, _ranges(answer.materialized), _ranges(answer.in_progress), _ranges(answer.failed)
    )


def _ranges(ranges: asset_service_pb2.PartitionRanges) -> PartitionRanges:
    return PartitionRanges(ranges.partition_count, tuple((each.first_key, each.last_key) for each in ranges.ranges))
