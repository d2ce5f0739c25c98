"""The keys of the dynamic partitions of a location."""

from __future__ import annotations

from headrace.api.types.v1.automation_state_pb2 import DynamicPartitionKeys
from headrace_services.coordinator.locations import Snapshot
from headrace_services.coordinator.stubs import Storage
from headrace_services.kit.dynamic_partitions import dynamic_names, read_dynamic_keys


async def read_dynamic_sets(snapshot: Snapshot, job_name: str, storage: Storage) -> list[DynamicPartitionKeys]:
    """Reads all keys of the sets that a job, or the assets of a location, are divided by."""
    job = snapshot.jobs.get(job_name)
    sets = [job.partitions] if job is not None else list(snapshot.dynamic_assets.values())
    return [
        DynamicPartitionKeys(partitions_name=name, partition_keys=await read_dynamic_keys(storage.partitions, name))
        for name in sorted({name for partitions in sets for name in dynamic_names(partitions)})
    ]
