"""Whether the dynamic partitions that a run is for are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from headrace.api.storage.v1.partition_store_service_pb2 import ListDynamicPartitionsRequest
from headrace.api.types.v1.instigator_pb2 import DynamicPartitionsChange
from headrace.api.types.v1.partition_pb2 import PartitionsDefinition
from headrace.api.types.v1.run_pb2 import Run
from headrace.definitions.partitions.multi_key import KEY_SEPARATOR
from headrace.errors import InvalidArgumentError
from headrace_services.coordinator.runs.tags import PARTITION_RANGE_TAGS
from headrace_services.coordinator.runs.targets import Target
from headrace_services.coordinator.stubs import Storage

Key = tuple[str, str]
"""The name of a dynamic set and a key of it."""


async def check_dynamic_keys(
    run: Run, target: Target, storage: Storage, changes: Sequence[DynamicPartitionsChange] = ()
) -> None:
    """Makes sure that a run is for partitions that there are, or will be when `changes` are made with it.

    Raises:
        InvalidArgumentError: one is not there.
    """
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for name, key in _wanted(run, target):
        wanted[name].add(key)
    for name, keys in wanted.items():
        missing = keys - _added(name, changes)
        if missing:
            request = ListDynamicPartitionsRequest(name=name, partition_keys=sorted(missing))
            missing -= set((await storage.partitions.ListDynamicPartitions(request)).partition_keys)
        if missing:
            what = f"there is no {sorted(missing)[0]!r} among the dynamic partitions {name!r}: add it to them first"
            raise InvalidArgumentError(violations={"partition_key": what})


def _wanted(run: Run, target: Target) -> Iterator[Key]:
    keys = [run.partition_key] if run.partition_key else [t.value for t in run.tags if t.key in PARTITION_RANGE_TAGS]
    if not keys:
        return
    for partitions in _sets(run, target):
        for key in keys:
            yield from _parts(partitions, key)


def _sets(run: Run, target: Target) -> Iterable[PartitionsDefinition]:
    """The dynamic sets among the partitions of what the run makes."""
    if target.job.HasField("partitions"):
        yield target.job.partitions
    known = target.snapshot.dynamic_assets
    for asset in run.asset_selection or target.job.asset_keys:
        if tuple(asset.path) in known:
            yield known[tuple(asset.path)]


def _parts(partitions: PartitionsDefinition, key: str) -> Iterator[Key]:
    if partitions.dynamic.name:
        yield partitions.dynamic.name, key
    dimensions = partitions.multi.dimensions
    keys = key.split(KEY_SEPARATOR)
    if len(dimensions) == len(keys):
        for dimension, part in zip(dimensions, keys, strict=True):
            yield from _parts(dimension.partitions, part)


def _added(name: str, changes: Iterable[DynamicPartitionsChange]) -> set[str]:
    added: set[str] = set()
    for change in changes:
        if change.partitions_name == name:
            added = (added | set(change.added_keys)) - set(change.deleted_keys)
    return added
