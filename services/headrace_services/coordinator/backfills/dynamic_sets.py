"""The keys of the dynamic partitions of a location."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.api.storage.v1.partition_store_service_pb2 import ListDynamicPartitionsRequest
from headrace.api.types.v1.automation_state_pb2 import DynamicPartitionKeys
from headrace.api.types.v1.partition_pb2 import PartitionsDefinition
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.locations import Snapshot
from headrace_services.coordinator.stubs import Storage

_PAGE = 10_000


async def read_dynamic_sets(snapshot: Snapshot, job_name: str, storage: Storage) -> list[DynamicPartitionKeys]:
    """Reads all keys of the sets that a job, or the assets of a location, are divided by."""
    job = snapshot.jobs.get(job_name)
    sets = [job.partitions] if job is not None else list(snapshot.dynamic_assets.values())
    names = sorted({name for partitions in sets for name in _names(partitions)})
    return [DynamicPartitionKeys(partitions_name=name, partition_keys=await _keys(name, storage)) for name in names]


def _names(partitions: PartitionsDefinition) -> Iterator[str]:
    if partitions.dynamic.name:
        yield partitions.dynamic.name
    for dimension in partitions.multi.dimensions:
        yield from _names(dimension.partitions)


async def _keys(name: str, storage: Storage) -> list[str]:
    keys: list[str] = []
    token = ""
    while True:
        request = ListDynamicPartitionsRequest(name=name, page_size=_PAGE, page_token=token)
        with rpc_errors("storage"):
            page = await storage.partitions.ListDynamicPartitions(request)
        keys += page.partition_keys
        token = page.next_page_token
        if not token:
            return keys
