"""The keys of the dynamic partitions that a set of partitions has, fetched once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from headrace.api.storage.v1 import partition_store_service_pb2 as store_pb2
from headrace.api.types.v1 import partition_pb2
from headrace_services.gateway.stubs import Backends

_PAGE_SIZE = 10_000


class DynamicKeys:
    """Keys by the name of their set; what partitions take as `dynamic_partitions_store`."""

    def __init__(self, keys: Mapping[str, Sequence[str]]) -> None:
        self._keys = keys

    @classmethod
    async def of(cls, backends: Backends, partitions: partition_pb2.PartitionsDefinition) -> DynamicKeys:
        """Reads the keys of every dynamic set that `partitions` is, or has as a dimension."""
        return cls({name: await _fetch(backends, name) for name in _names(partitions)})

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys, in the order in which they were added."""
        return self._keys.get(partitions_def_name, ())

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is such a key."""
        return partition_key in self.get_dynamic_partitions(partitions_def_name)


def _names(partitions: partition_pb2.PartitionsDefinition) -> Iterator[str]:
    if partitions.HasField("dynamic") and partitions.dynamic.name:
        yield partitions.dynamic.name
    for dimension in partitions.multi.dimensions:
        yield from _names(dimension.partitions)


async def _fetch(backends: Backends, name: str) -> list[str]:
    request = store_pb2.ListDynamicPartitionsRequest(name=name, page_size=_PAGE_SIZE)
    keys: list[str] = []
    while True:
        page = await backends.partitions.ListDynamicPartitions(request)
        keys += page.partition_keys
        if not page.next_page_token:
            return keys
        request.page_token = page.next_page_token
