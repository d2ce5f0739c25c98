"""The keys of the dynamic partitions that a set of partitions has, fetched once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headrace.api.types.v1 import partition_pb2
from headrace_services.gateway.stubs import Backends
from headrace_services.kit.dynamic_partitions import dynamic_names, read_dynamic_keys


class DynamicKeys:
    """Keys by the name of their set; what partitions take as `dynamic_partitions_store`."""

    def __init__(self, keys: Mapping[str, Sequence[str]]) -> None:
        self._keys = keys

    @classmethod
    async def of(cls, backends: Backends, partitions: partition_pb2.PartitionsDefinition) -> DynamicKeys:
        """Reads the keys of every dynamic set that `partitions` is, or has as a dimension."""
        return cls({name: await read_dynamic_keys(backends.partitions, name) for name in dynamic_names(partitions)})

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys, in the order in which they were added."""
        return self._keys.get(partitions_def_name, ())

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is such a key."""
        return partition_key in self.get_dynamic_partitions(partitions_def_name)
