"""Which partitions are made from which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headrace.api.types.v1 import partition_pb2 as pb
from headrace.definitions.partitions.identity_mapping import IdentityPartitionMapping
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.multi_mapping import (
    DimensionPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
)
from headrace.definitions.partitions.static_mapping import StaticPartitionMapping
from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
from headrace.definitions.partitions.whole_mappings import (
    AllPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
)
from headrace.errors import InvalidDefinitionError


def to_partition_mapping(mapping: PartitionMapping | None) -> pb.PartitionMapping | None:
    """Writes a mapping; one that user code defines is written as code."""
    if mapping is None:
        return None
    # Of a subclass nobody else can know what it does differently.
    write = _WRITERS.get(type(mapping))
    if write is None:
        return pb.PartitionMapping(code=pb.CodePartitionMapping(description=mapping.description))
    return write(mapping)


def from_partition_mapping(message: pb.PartitionMapping) -> PartitionMapping:
    """Reads a mapping.

    Raises:
        InvalidDefinitionError: it is code of a location, or of a kind that is not known here.
    """
    kind = message.WhichOneof("kind")
    if kind not in _READERS:
        what = "code that only its location has" if kind == "code" else "of a kind that is not known here"
        raise InvalidDefinitionError(f"This partition mapping is {what}.")
    return _READERS[str(kind)](getattr(message, str(kind)))


def _to_time_window(mapping: TimeWindowPartitionMapping) -> pb.PartitionMapping:
    return pb.PartitionMapping(
        time_window=pb.TimeWindowPartitionMapping(
            start_offset=mapping.start_offset,
            end_offset=mapping.end_offset,
            allow_nonexistent_upstream_partitions=mapping.allow_nonexistent_upstream_partitions,
        )
    )


def _from_time_window(message: pb.TimeWindowPartitionMapping) -> PartitionMapping:
    return TimeWindowPartitionMapping(
        message.start_offset, message.end_offset, message.allow_nonexistent_upstream_partitions
    )


def _to_static(mapping: StaticPartitionMapping) -> pb.PartitionMapping:
    table = mapping.downstream_partition_keys_by_upstream_partition_key
    edges = [
        pb.StaticPartitionEdge(upstream_key=key, downstream_keys=[made] if isinstance(made, str) else sorted(made))
        for key, made in sorted(table.items())
    ]
    return pb.PartitionMapping(static=pb.StaticPartitionMapping(edges=edges))


def _from_static(message: pb.StaticPartitionMapping) -> PartitionMapping:
    return StaticPartitionMapping({each.upstream_key: list(each.downstream_keys) for each in message.edges})


def _to_multi(mapping: MultiPartitionMapping) -> pb.PartitionMapping:
    dimensions = [
        pb.DimensionMapping(
            upstream_dimension=name,
            downstream_dimension=each.dimension_name,
            mapping=to_partition_mapping(each.partition_mapping),
        )
        for name, each in sorted(mapping.downstream_mappings_by_upstream_dimension.items())
    ]
    return pb.PartitionMapping(multi=pb.MultiPartitionMapping(dimensions=dimensions))


def _from_multi(message: pb.MultiPartitionMapping) -> PartitionMapping:
    return MultiPartitionMapping(
        {
            each.upstream_dimension: DimensionPartitionMapping(
                each.downstream_dimension, from_partition_mapping(each.mapping)
            )
            for each in message.dimensions
        }
    )


def _to_multi_to_single(mapping: MultiToSingleDimensionPartitionMapping) -> pb.PartitionMapping:
    dimension = mapping.partition_dimension_name or ""
    return pb.PartitionMapping(multi_to_single=pb.MultiToSingleDimensionMapping(dimension=dimension))


_WRITERS: Mapping[type, Callable[[Any], pb.PartitionMapping]] = {
    IdentityPartitionMapping: lambda _: pb.PartitionMapping(identity=pb.IdentityPartitionMapping()),
    AllPartitionMapping: lambda _: pb.PartitionMapping(all=pb.AllPartitionMapping()),
    LastPartitionMapping: lambda _: pb.PartitionMapping(last=pb.LastPartitionMapping()),
    TimeWindowPartitionMapping: _to_time_window,
    SpecificPartitionsPartitionMapping: lambda mapping: pb.PartitionMapping(
        specific=pb.SpecificPartitionsMapping(partition_keys=mapping.partition_keys)
    ),
    StaticPartitionMapping: _to_static,
    MultiPartitionMapping: _to_multi,
    MultiToSingleDimensionPartitionMapping: _to_multi_to_single,
}
_READERS: Mapping[str, Callable[[Any], PartitionMapping]] = {
    "identity": lambda _: IdentityPartitionMapping(),
    "all": lambda _: AllPartitionMapping(),
    "last": lambda _: LastPartitionMapping(),
    "time_window": _from_time_window,
    "specific": lambda message: SpecificPartitionsPartitionMapping(list(message.partition_keys)),
    "static": _from_static,
    "multi": _from_multi,
    "multi_to_single": lambda message: MultiToSingleDimensionPartitionMapping(message.dimension or None),
}
