"""Which partitions of which assets, or of a job, somebody means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headrace.automation.subset import EntitySubset
from headrace.automation.view import AssetGraphView
from headrace.backfill.progress import Targets
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.partitioned_requests import PartitionedJob
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.errors import InvalidInvocationError, UnknownPartitionError


@dataclass(frozen=True)
class PartitionSelection:
    """What somebody says.

    Attributes:
        whole: All partitions that there are now.
        ranges: All from one key to another, both included.
        keys: Single keys.
    """

    whole: bool = False
    ranges: Sequence[tuple[str, str]] = ()
    keys: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing."""
        return not (self.whole or self.ranges or self.keys)

    def of(self, partitions_def: PartitionsDefinition, view: AssetGraphView) -> PartitionsSubset:
        """The partitions of a set.

        Raises:
            UnknownPartitionError: the set has not all of them now.
        """
        every = partitions_def.subset_with_all_partitions(view.effective_dt, view.dynamic_partitions_store)
        if self.whole:
            return every
        unknown = [key for key in self.keys if key not in every]
        if unknown:
            raise UnknownPartitionError(f"There is no partition {unknown[0]!r} now. Partitions: {partitions_def}")
        found = partitions_def.empty_subset().with_partition_keys(self.keys)
        for first, last in self.ranges:
            stretch = partitions_def.subset_with_range(PartitionKeyRange(first, last))
            if not stretch:
                raise UnknownPartitionError(
                    f"The partition range {first!r} to {last!r} is empty: {first!r} comes after {last!r}."
                )
            found = found | stretch
        if not found <= every:
            key = next(iter((found - every).get_partition_keys()))
            raise UnknownPartitionError(f"There is no partition {key!r} now. Partitions: {partitions_def}")
        return found


def key_of_job(name: str) -> AssetKey:
    """The key under which a job stands for itself."""
    return AssetKey(["job", name])


def job_target(job: PartitionedJob, selection: PartitionSelection, view: AssetGraphView) -> Targets:
    """The partitions of a job.

    Raises:
        InvalidInvocationError: it has none, or none are named.
        UnknownPartitionError: some are not there.
    """
    if job.partitions_def is None:
        raise InvalidInvocationError(f"Job {job.name!r} has no partitions: launch it, there is nothing to backfill.")
    _check(selection)
    key = key_of_job(job.name)
    return {key: EntitySubset(key, selection.of(job.partitions_def, view))}


def asset_targets(view: AssetGraphView, keys: Iterable[AssetKey], selection: PartitionSelection) -> Targets:
    """The partitions of each of some assets.

    Those that are made from no other of them have the partitions that are named, the others those that are made from these;
    what has no partitions is made once.

    Raises:
        UnknownNameError: there is no such asset.
        InvalidInvocationError: one of them cannot be made here, or no partitions are named.
        UnknownPartitionError: some partitions are not there.
    """
    wanted = set(keys)
    for key in sorted(wanted):
        view.asset_graph.get(key)
        if key not in view.asset_graph.materializable_keys:
            raise InvalidInvocationError(f"Asset {key.to_user_string()!r} is made elsewhere: leave it out.")
    if any(view.partitions_def(key) is not None for key in wanted):
        _check(selection)
    targets: dict[AssetKey, EntitySubset] = {}
    for key in view.asset_graph.topological_keys:
        if key in wanted:
            targets[key] = (
                EntitySubset(key, True) if view.partitions_def(key) is None else _target(view, key, targets, selection)
            )
    return targets


def _target(view: AssetGraphView, key: AssetKey, targets: Targets, selection: PartitionSelection) -> EntitySubset:
    partitions_def = view.partitions_def(key)
    assert partitions_def is not None
    above = [parent for parent in view.parents(key) if parent in targets and parent != key]
    partitioned = [parent for parent in above if view.partitions_def(parent) is not None]
    if not partitioned or selection.whole:
        return EntitySubset(key, selection.of(partitions_def, view))
    found = view.get_empty_subset(key=key)
    for parent in partitioned:
        found = found | view.downstream(targets[parent], key)
    return found & view.get_full_subset(key=key)


def _check(selection: PartitionSelection) -> None:
    if selection.is_empty:
        raise InvalidInvocationError("Say which partitions: all of them, ranges, or single keys.")
