"""The runs that make what was requested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from headrace.automation.entities import EntityKey, asset_of, order_of
from headrace.automation.subset import EntitySubset
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.run_request import RunRequest
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.spans import SpansSubset
from headrace.definitions.partitions.subset import PartitionsSubset
from headrace.execute.run_info import RANGE_END_TAGS, RANGE_START_TAGS

CONDITION_TAG = "headrace/from_automation_condition"


def for_backfill(entity_subsets: Iterable[EntitySubset], asset_graph: AssetGraph) -> Mapping[AssetKey, EntitySubset]:
    """What is made by a backfill: assets of which several partitions are requested, and what is requested around them.

    The others that are connected to these by requested assets go along, for a backfill makes each where what it is made
    from is there, and runs of their own would not wait for it.

    Args:
        entity_subsets: What is to be made.
        asset_graph: All assets.
    """
    wanted = {each.key: each for each in entity_subsets if isinstance(each.key, AssetKey) and not each.is_empty}
    found: dict[AssetKey, EntitySubset] = {}
    reached = [key for key, subset in wanted.items() if subset.is_partitioned and subset.size > 1]
    while reached:
        key = reached.pop()
        if key not in found:
            found[key] = wanted[key]
            around = asset_graph.parents[key] | asset_graph.children[key]
            reached.extend(each for each in around if each in wanted)
    return {key: found[key] for key in sorted(found)}


@dataclass
class _Group:
    """What is made for the same partitions, by runs of its own."""

    subset: PartitionsSubset | None
    most_partitions: int | None
    keys: list[EntityKey] = field(default_factory=list)


def build_run_requests(
    entity_subsets: Iterable[EntitySubset], asset_graph: AssetGraph, run_tags: Mapping[str, str] | None = None
) -> Sequence[RunRequest]:
    """The runs that make some partitions of assets and checks.

    What is made for the same partitions is made by the same runs: one for each partition, or for each range of them where
    the backfill policy of all of it says so.

    Args:
        entity_subsets: What is to be made.
        asset_graph: All assets.
        run_tags: Tags of the runs.
    """
    tags = {CONDITION_TAG: "true", **(run_tags or {})}
    wanted = [each for each in entity_subsets if not each.is_empty]
    jobs = [request for each in wanted for request in _of_job(each, tags)]
    groups = _groups(asset_graph, [each for each in wanted if not isinstance(each.key, AssetJobKey)])
    return [request for group in groups for request in _requests(asset_graph, group, tags)] + jobs


def _of_job(subset: EntitySubset, tags: Mapping[str, str]) -> Iterator[RunRequest]:
    """Runs of a whole job, one for each partition."""
    if not isinstance(subset.key, AssetJobKey):
        return
    request = RunRequest(tags=tags, job_name=subset.key.job_name)
    if isinstance(subset.value, bool):
        yield request
        return
    for key in subset.value.get_partition_keys():
        yield request.with_replaced_attrs(partition_key=key)


def _groups(asset_graph: AssetGraph, subsets: Sequence[EntitySubset]) -> list[_Group]:
    groups: dict[object, _Group] = {}
    for each in sorted(subsets, key=lambda subset: order_of(subset.key)):
        value = None if isinstance(each.value, bool) else each.value
        most = most_partitions_per_run(asset_graph, each.key) if value is not None else None
        group = groups.setdefault(None if value is None else _identity(value), _Group(value, most))
        group.keys.append(each.key)
        group.most_partitions = _least(group.most_partitions, most)
    return list(groups.values())


def _identity(subset: PartitionsSubset) -> object:
    partitions_def: PartitionsDefinition = subset.partitions_def
    spans = subset.spans if isinstance(subset, SpansSubset) else frozenset(subset.get_partition_keys())
    return partitions_def, spans


def most_partitions_per_run(asset_graph: AssetGraph, key: EntityKey) -> int | None:
    """How many partitions of an asset or check one run may make; None: any number."""
    asset = asset_of(key)
    policy = asset_graph.assets_def_for(asset).backfill_policy if asset and asset_graph.has(asset) else None
    return 1 if policy is None else policy.max_partitions_per_run


def _least(one: int | None, other: int | None) -> int | None:
    given = [each for each in (one, other) if each is not None]
    return min(given, default=None)


def _requests(asset_graph: AssetGraph, group: _Group, tags: Mapping[str, str]) -> Iterator[RunRequest]:
    assets = [key for key in group.keys if isinstance(key, AssetKey)]
    checks = [key for key in group.keys if isinstance(key, AssetCheckKey)]
    all_alike = bool(assets) and not _any_conditioned(asset_graph, assets, checks)
    request = RunRequest(tags=tags, asset_selection=assets or None, asset_check_keys=None if all_alike else checks)
    if group.subset is None:
        yield request
        return
    for first, last in stretches(group.subset, group.most_partitions):
        if first == last:
            yield request.with_replaced_attrs(partition_key=first)
        else:
            yield request.with_replaced_attrs(tags={**tags, RANGE_START_TAGS[0]: first, RANGE_END_TAGS[0]: last})


def _any_conditioned(asset_graph: AssetGraph, assets: Sequence[AssetKey], checks: Sequence[AssetCheckKey]) -> bool:
    """Whether some of the checks have conditions of their own, so that it must be said which of them run along."""
    concerned = {*checks, *asset_graph.check_keys_of(set(assets))}
    return any(asset_graph.check_specs[check].automation_condition is not None for check in concerned)


def stretches(subset: PartitionsSubset, most: int | None) -> Iterator[PartitionKeyRange]:
    """Neighbouring partitions, at most so many at once; any number where it says None."""
    if not isinstance(subset, SpansSubset) or most == 1:
        yield from (PartitionKeyRange(key, key) for key in subset.get_partition_keys())
        return
    key_at = subset.partitions_def.key_at
    for start, end in subset.spans:
        step = most or end - start
        for first in range(start, end, step):
            yield PartitionKeyRange(key_at(first), key_at(min(first + step, end) - 1))
