"""The keys of dynamic partitions, as storage keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from headrace.api.storage.v1.partition_store_service_pb2 import ListDynamicPartitionsRequest
from headrace.api.types.v1.partition_pb2 import PartitionsDefinition
from headrace.rpc.status import rpc_errors

if TYPE_CHECKING:
    from headrace.api.storage.v1.partition_store_service_pb2_grpc import PartitionStoreServiceAsyncStub

_PAGE = 10_000


def dynamic_names(partitions: PartitionsDefinition) -> Iterator[str]:
    """Yields the names of the dynamic sets that a set is, or has as a dimension."""
    if partitions.dynamic.name:
        yield partitions.dynamic.name
    for dimension in partitions.multi.dimensions:
        yield from dynamic_names(dimension.partitions)


async def read_dynamic_keys(partitions: PartitionStoreServiceAsyncStub, name: str) -> list[str]:
    """Reads all keys of a set, in the order in which they were added."""
    keys: list[str] = []
    request = ListDynamicPartitionsRequest(name=name, page_size=_PAGE)
    while True:
        with rpc_errors("storage"):
            page = await partitions.ListDynamicPartitions(request)
        keys += page.partition_keys
        if not page.next_page_token:
            return keys
        request.page_token = page.next_page_token
