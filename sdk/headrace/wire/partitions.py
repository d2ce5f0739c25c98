"""Partitions."""

from __future__ import annotations

from datetime import datetime

from headrace.api.types.v1 import partition_pb2 as pb
from headrace.definitions.partitions.backfill_policy import BackfillPolicy
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
from headrace.errors import InvalidDefinitionError
from headrace.wire.moments import from_timestamp, to_timestamp


def to_partitions(partitions_def: PartitionsDefinition | None) -> pb.PartitionsDefinition | None:
    """Writes a set of partitions."""
    if partitions_def is None:
        return None
    if isinstance(partitions_def, StaticPartitionsDefinition):
        keys = partitions_def.get_partition_keys()
        return pb.PartitionsDefinition(static=pb.StaticPartitions(partition_keys=keys))
    if isinstance(partitions_def, TimeWindowPartitionsDefinition):
        return pb.PartitionsDefinition(time_windows=_to_time_windows(partitions_def))
    if isinstance(partitions_def, DynamicPartitionsDefinition):
        return pb.PartitionsDefinition(dynamic=pb.DynamicPartitions(name=partitions_def.name or ""))
    if isinstance(partitions_def, MultiPartitionsDefinition):
        return pb.PartitionsDefinition(multi=_to_multi(partitions_def))
    raise InvalidDefinitionError(f"Partitions of type {type(partitions_def).__name__} have no place in the contract.")


def from_partitions(message: pb.PartitionsDefinition) -> PartitionsDefinition:
    """Reads a set of partitions.

    Raises:
        InvalidDefinitionError: it is of a kind that is not known here, or contradicts itself.
    """
    kind = message.WhichOneof("kind")
    if kind == "static":
        return StaticPartitionsDefinition(list(message.static.partition_keys))
    if kind == "time_windows":
        return _from_time_windows(message.time_windows)
    if kind == "dynamic":
        return DynamicPartitionsDefinition(name=message.dynamic.name)
    if kind == "multi":
        dimensions = {each.name: from_partitions(each.partitions) for each in message.multi.dimensions}
        return MultiPartitionsDefinition(dimensions)
    raise InvalidDefinitionError("These partitions are of a kind that is not known here.")


def to_backfill_policy(policy: BackfillPolicy | None) -> pb.BackfillPolicy | None:
    """Writes how many partitions one run of a backfill makes."""
    return None if policy is None else pb.BackfillPolicy(max_partitions_per_run=policy.max_partitions_per_run or 0)


def _to_time_windows(partitions_def: TimeWindowPartitionsDefinition) -> pb.TimeWindowPartitions:
    end = partitions_def.end
    return pb.TimeWindowPartitions(
        cron_expression=partitions_def.cron_schedule,
        time_zone=partitions_def.timezone,
        start_time=to_timestamp(partitions_def.start.timestamp()),
        end_time=None if end is None else to_timestamp(end.timestamp()),
        end_offset=partitions_def.end_offset,
        key_format=partitions_def.fmt,
        excluded_cron_expressions=[each for each in partitions_def.exclusions if isinstance(each, str)],
        excluded_times=[
            to_timestamp(each.timestamp()) for each in partitions_def.exclusions if isinstance(each, datetime)
        ],
    )


def _from_time_windows(message: pb.TimeWindowPartitions) -> TimeWindowPartitionsDefinition:
    return TimeWindowPartitionsDefinition(
        start=from_timestamp(message.start_time),
        fmt=message.key_format,
        end=from_timestamp(message.end_time) if message.HasField("end_time") else None,
        timezone=message.time_zone or None,
        end_offset=message.end_offset,
        cron_schedule=message.cron_expression,
        exclusions=[
            *message.excluded_cron_expressions,
            *(from_timestamp(each) for each in message.excluded_times),
        ],
    )


def _to_multi(partitions_def: MultiPartitionsDefinition) -> pb.MultiPartitions:
    return pb.MultiPartitions(
        dimensions=[
            pb.PartitionDimension(name=each.name, partitions=to_partitions(each.partitions_def))
            for each in partitions_def.partitions_defs
        ]
    )
