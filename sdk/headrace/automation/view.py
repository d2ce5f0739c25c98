"""The asset graph at one moment: what there is, what is known of it, and how subsets are mapped along its edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from headrace.automation.entities import EntityKey, order_of
from headrace.automation.facts import EntityFacts, Known
from headrace.automation.subset import EntitySubset, Value
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.definitions.partitions.inference import infer_partition_mapping
from headrace.definitions.partitions.loading_context import DynamicPartitionsStore
from headrace.definitions.partitions.mapping import PartitionMapping
from headrace.definitions.partitions.multi import MultiPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition

if TYPE_CHECKING:
    from headrace.automation.asset_job import AssetJob
    from headrace.definitions.assets.asset_graph import AssetGraph


class AssetGraphView:
    """The asset graph at one moment.

    Attributes:
        asset_graph: The graph.
        known: What is known of the assets.
        effective_dt: The moment.
        dynamic_partitions_store: Where the keys of dynamic partitions are.
        jobs: The jobs of assets that have conditions.
    """

    def __init__(
        self,
        asset_graph: AssetGraph,
        known: Known,
        effective_dt: datetime,
        dynamic_partitions_store: DynamicPartitionsStore | None = None,
        jobs: Mapping[AssetJobKey, AssetJob] | None = None,
    ) -> None:
        self.asset_graph = asset_graph
        self.known = known
        self.effective_dt = effective_dt
        self.dynamic_partitions_store = dynamic_partitions_store
        self.jobs = jobs or {}
        self._shapes: dict[EntityKey, PartitionsDefinition | None] = {}
        self._full: dict[PartitionsDefinition, PartitionsSubset] = {}

    # What there is

    def partitions_def(self, key: EntityKey) -> PartitionsDefinition | None:
        """The partitions of an asset or check."""
        if key not in self._shapes:
            job = self.jobs.get(key) if isinstance(key, AssetJobKey) else None
            self._shapes[key] = partitions_of(self.asset_graph, key) if job is None else job.partitions_def
        return self._shapes[key]

    def get_full_subset(self, *, key: EntityKey) -> EntitySubset:
        """All that there is of an asset or check now."""
        partitions_def = self.partitions_def(key)
        if partitions_def is None:
            return EntitySubset(key, True)
        if partitions_def not in self._full:
            self._full[partitions_def] = partitions_def.subset_with_all_partitions(
                self.effective_dt, self.dynamic_partitions_store
            )
        return EntitySubset(key, self._full[partitions_def])

    def get_empty_subset(self, *, key: EntityKey) -> EntitySubset:
        """Nothing of an asset or check."""
        partitions_def = self.partitions_def(key)
        return EntitySubset(key, False if partitions_def is None else partitions_def.empty_subset())

    def get_subset_from_partition_keys(self, key: EntityKey, partition_keys: Iterable[str]) -> EntitySubset:
        """Some partitions of an asset or check, as far as there are such."""
        return self.get_full_subset(key=key).compute_intersection_with_partition_keys(partition_keys)

    def get_latest_time_window_subset(self, key: EntityKey, seconds: float | None = None) -> EntitySubset:
        """The latest window of time, or the windows that begin so many seconds before its end; else all there is."""
        full = self.get_full_subset(key=key)
        partitions_def = self.partitions_def(key)
        if isinstance(partitions_def, TimeWindowPartitionsDefinition):
            return EntitySubset(key, _latest(partitions_def, full.value, seconds))
        if isinstance(partitions_def, MultiPartitionsDefinition) and partitions_def.has_time_window_dimension:
            return EntitySubset(key, self._latest_of_dimension(partitions_def, seconds))
        return full

    def _latest_of_dimension(self, partitions_def: MultiPartitionsDefinition, seconds: float | None) -> Value:
        windows = partitions_def.time_window_partitions_def
        every = windows.subset_with_all_partitions(self.effective_dt, self.dynamic_partitions_store)
        latest = _latest(windows, every, seconds)
        keys = [
            key
            for part in (() if isinstance(latest, bool) else latest.get_partition_keys())
            for key in partitions_def.get_multipartition_keys_with_dimension_value(
                partitions_def.time_window_dimension.name, part, self.effective_dt, self.dynamic_partitions_store
            )
        ]
        return partitions_def.subset_with_partition_keys(keys)

    # What is known

    def facts(self, key: EntityKey) -> EntityFacts:
        """What is known of an asset or check."""
        found = self.known.facts(key)
        if found is not None:
            return found
        nothing = self.get_empty_subset(key=key).value
        return EntityFacts(nothing, nothing, nothing, nothing, nothing, nothing)

    # What is around

    def parents(self, key: EntityKey) -> Sequence[AssetKey]:
        """The assets that an asset or check is made from, sorted."""
        if isinstance(key, AssetCheckKey):
            spec = self.asset_graph.check_specs.get(key)
            extra = {dep.asset_key for dep in spec.additional_deps} if spec is not None else set()
            return sorted({key.asset_key, *extra})
        if isinstance(key, AssetJobKey):
            return self.jobs[key].roots if key in self.jobs else ()
        return sorted(self.asset_graph.parents.get(key, ()))

    def children(self, key: AssetKey) -> Sequence[AssetKey]:
        """The assets that are made from an asset, sorted."""
        return sorted(self.asset_graph.children.get(key, ()))

    def checks(self, key: AssetKey) -> Sequence[AssetCheckKey]:
        """The checks of an asset, sorted."""
        return self._checks.get(key, ())

    @cached_property
    def _checks(self) -> dict[AssetKey, list[AssetCheckKey]]:
        found: dict[AssetKey, list[AssetCheckKey]] = {}
        for check in sorted(self.asset_graph.check_keys, key=order_of):
            found.setdefault(check.asset_key, []).append(check)
        return found

    # Along the edges

    def upstream(self, subset: EntitySubset, parent: EntityKey) -> EntitySubset:
        """What some partitions are made from, of an asset upstream."""
        above, below = self.partitions_def(parent), self.partitions_def(subset.key)
        if above is None:
            return EntitySubset(parent, not subset.is_empty)
        if subset.is_empty:
            return self.get_empty_subset(key=parent)
        value = None if isinstance(subset.value, bool) else subset.value
        mapped = self._mapping(parent, subset.key).get_upstream_mapped_partitions_result_for_partitions(
            value, below, above, self.effective_dt, self.dynamic_partitions_store
        )
        return EntitySubset(parent, mapped.partitions_subset)

    def downstream(self, subset: EntitySubset, child: EntityKey) -> EntitySubset:
        """What is made from some partitions, of an asset or check downstream."""
        above, below = self.partitions_def(subset.key), self.partitions_def(child)
        if subset.is_empty:
            return self.get_empty_subset(key=child)
        if isinstance(subset.value, bool) or above is None:
            return self.get_full_subset(key=child)
        if below is None:
            needed = self.upstream(EntitySubset(child, True), subset.key)
            return EntitySubset(child, not (needed & subset).is_empty)
        mapped = self._mapping(subset.key, child).get_downstream_partitions_for_partitions(
            subset.value, above, below, self.effective_dt, self.dynamic_partitions_store
        )
        return EntitySubset(child, mapped)

    def across(self, subset: EntitySubset, to_key: EntityKey) -> EntitySubset:
        """What belongs to some partitions, of another asset wherever it is in the graph."""
        if isinstance(to_key, AssetKey) and isinstance(subset.key, AssetKey) and subset.key in self.parents(to_key):
            return self.downstream(subset, to_key)
        return self.upstream(subset, to_key)

    def of_job(self, subset: EntitySubset, key: EntityKey) -> EntitySubset:
        """The same partitions of an asset of a job, or of the job; all of what has other ones."""
        if self.partitions_def(key) == self.partitions_def(subset.key):
            return EntitySubset(key, subset.value)
        return self.get_empty_subset(key=key) if subset.is_empty else self.get_full_subset(key=key)

    def made_in_one_run(self, one: EntityKey, other: EntityKey) -> bool:
        """Whether one run can make a partition of both, where one is made from the other."""
        if self.partitions_def(one) != self.partitions_def(other):
            return False
        if one in self.parents(other):
            return self._keeps_keys(one, other)
        return other not in self.parents(one) or self._keeps_keys(other, one)

    def _keeps_keys(self, parent: EntityKey, child: EntityKey) -> bool:
        if self.partitions_def(parent) is None:
            return True
        mapping = self._mapping(parent, child)
        return not isinstance(mapping, TimeWindowPartitionMapping) or not (mapping.start_offset or mapping.end_offset)

    def _mapping(self, parent: EntityKey, child: EntityKey) -> PartitionMapping:
        above = self.partitions_def(parent)
        assert above is not None
        return infer_partition_mapping(self._given(parent, child), self.partitions_def(child), above)

    def _given(self, parent: EntityKey, child: EntityKey) -> PartitionMapping | None:
        if isinstance(child, AssetKey) and self.asset_graph.has(child):
            deps = [dep for dep in self.asset_graph.get(child).deps if dep.asset_key == parent]
        else:
            spec = self.asset_graph.check_specs.get(child) if isinstance(child, AssetCheckKey) else None
            deps = [] if spec is None else [dep for dep in spec.additional_deps if dep.asset_key == parent]
        return deps[0].partition_mapping if deps else None


def partitions_of(asset_graph: AssetGraph, key: EntityKey) -> PartitionsDefinition | None:
    """The partitions of an asset or check; checks have those that their spec names."""
    if isinstance(key, AssetKey):
        return asset_graph.get(key).partitions_def if asset_graph.has(key) else None
    if isinstance(key, AssetJobKey):
        return None
    spec = asset_graph.check_specs.get(key)
    return None if spec is None else spec.partitions_def


def _latest(windows: TimeWindowPartitionsDefinition, every: Value, seconds: float | None) -> Value:
    if isinstance(every, bool) or every.is_empty:
        return every
    last = len(every) - 1
    first = last
    if seconds is not None:
        horizon = windows.window_at(last).end.timestamp() - seconds
        while first > 0 and windows.window_at(first - 1).start.timestamp() >= horizon:
            first -= 1
    return windows.empty_subset().with_partition_keys(windows.key_at(number) for number in range(first, last + 1))
