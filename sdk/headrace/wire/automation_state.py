"""What automation conditions need to know, and what they find."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from headrace.api.types.v1 import automation_state_pb2 as pb
from headrace.api.types.v1.asset_key_pb2 import AssetKey as KeyMessage
from headrace.api.types.v1.partition_pb2 import PartitionRange
from headrace.automation.entities import EntityKey, asset_of
from headrace.automation.facts import EntityFacts, Known, RunBegan, Update
from headrace.automation.subset import EntitySubset, Value
from headrace.automation.told import ToldKnown
from headrace.automation.view import partitions_of
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.definitions.partitions.keys import PartitionKeyRange
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.spans import SpansSubset
from headrace.errors import HeadraceError
from headrace.wire.asset_keys import from_asset_key, from_check_key, to_asset_key, to_check_key
from headrace.wire.moments import from_timestamp, to_timestamp
from headrace.wire.tags import from_tags, to_tags

if TYPE_CHECKING:
    from headrace.automation.context import AutomationResult
    from headrace.definitions.assets.asset_graph import AssetGraph

MOST_SHOWN = 100
"""So many partitions of a subset are shown to people."""
_MAX_DEPTH = 32


# What a location is told


def to_state(
    known: Known,
    keys: Iterable[EntityKey],
    changed: Collection[EntityKey],
    dynamic: Iterable[pb.DynamicPartitionKeys] = (),
    *,
    everything: bool,
    until: int,
) -> pb.AutomationState:
    """Writes what is known of assets and checks.

    Args:
        known: What is known.
        keys: The assets and checks.
        changed: Those of which something has changed.
        dynamic: The keys of dynamic partitions.
        everything: Whether all conditions are to be evaluated.
        until: Updates after this position are told another time.
    """
    entities: list[pb.AutomationEntityState] = []
    run_ids: set[str] = set()
    for key in keys:
        facts = known.facts(key)
        if facts is None:
            continue
        updates = [update for update in facts.updates if update.position <= until]
        entities.append(_entity(key, facts, updates, key in changed))
        run_ids.update(update.run_id for update in [*updates, facts.latest] if update is not None)
    found = (known.run(run_id) for run_id in sorted(run_ids))
    runs = [_run(run) for run in found if run is not None]
    return pb.AutomationState(entities=entities, runs=runs, dynamic_partitions=dynamic, everything=everything)


def _entity(key: EntityKey, facts: EntityFacts, updates: Sequence[Update], changed: bool) -> pb.AutomationEntityState:
    return pb.AutomationEntityState(
        asset_key=_asset(key),
        check_name=_check_name(key),
        made=to_subset(facts.made),
        running=to_subset(facts.running),
        backfilling=to_subset(facts.backfilling),
        failed=to_subset(facts.failed),
        passed=to_subset(facts.passed),
        rejected=to_subset(facts.rejected),
        updates=map(_update, updates),
        latest_update=None if facts.latest is None else _update(facts.latest),
        changed=changed,
    )


def _update(update: Update) -> pb.AssetUpdate:
    return pb.AssetUpdate(
        update_time=to_timestamp(update.time),
        partition_key=update.partition or "",
        run_id=update.run_id,
        data_version=update.data_version or "",
        previous_data_version=update.previous_version or "",
        observed=update.observed,
    )


def _run(run: RunBegan) -> pb.AutomationRun:
    return pb.AutomationRun(
        run_id=run.run_id,
        tags=to_tags(dict(run.tags)),
        asset_keys=[to_asset_key(key) for key in sorted(each for each in run.keys if isinstance(each, AssetKey))],
        check_keys=[to_check_key(key) for key in sorted(each for each in run.keys if isinstance(each, AssetCheckKey))],
    )


def from_state(state: pb.AutomationState, asset_graph: AssetGraph) -> tuple[ToldKnown, set[EntityKey]]:
    """Reads what is known of assets and checks, and which of them have changed.

    Updates have the positions 1, 2, 3 …: all of them are new to the evaluation that reads them.
    """
    position = 0
    facts: dict[EntityKey, EntityFacts] = {}
    changed: set[EntityKey] = set()
    for each in state.entities:
        key: EntityKey = from_asset_key(each.asset_key)
        if each.check_name:
            key = AssetCheckKey(from_asset_key(each.asset_key), each.check_name)
        updates = [_read_update(update, key, position + n) for n, update in enumerate(each.updates, 1)]
        position += len(updates)
        facts[key] = _read_facts(each, updates, key, partitions_of(asset_graph, key))
        if each.changed:
            changed.add(key)
    runs = {run.run_id: _read_run(run) for run in state.runs}
    return ToldKnown(facts, runs, position), changed


def _read_facts(
    state: pb.AutomationEntityState,
    updates: Sequence[Update],
    key: EntityKey,
    partitions_def: PartitionsDefinition | None,
) -> EntityFacts:
    latest = _read_update(state.latest_update, key, 0) if state.HasField("latest_update") else None
    by_partition = {} if latest is None else {latest.partition: latest}
    return EntityFacts(
        made=from_subset(state.made, partitions_def),
        running=from_subset(state.running, partitions_def),
        backfilling=from_subset(state.backfilling, partitions_def),
        failed=from_subset(state.failed, partitions_def),
        passed=from_subset(state.passed, partitions_def),
        rejected=from_subset(state.rejected, partitions_def),
        updates=updates,
        latest=latest,
        latest_by_partition={**by_partition, **{update.partition: update for update in updates}},
    )


def _read_update(update: pb.AssetUpdate, key: EntityKey, position: int) -> Update:
    return Update(
        key=key,
        position=position,
        time=from_timestamp(update.update_time).timestamp(),
        partition=update.partition_key or None,
        run_id=update.run_id,
        data_version=update.data_version or None,
        previous_version=update.previous_data_version or None,
        observed=update.observed,
    )


def _read_run(run: pb.AutomationRun) -> RunBegan:
    keys: set[EntityKey] = {from_asset_key(key) for key in run.asset_keys}
    keys.update(map(from_check_key, run.check_keys))
    return RunBegan(run.run_id, frozenset(keys), None, from_tags(run.tags))


# Subsets


def to_subset(value: Value, most: int | None = None) -> pb.PartitionSubset:
    """Writes some of the partitions of an asset or check, at most so many ranges or keys."""
    if isinstance(value, bool):
        return pb.PartitionSubset(whole=value)
    if isinstance(value, SpansSubset):
        ranges = [PartitionRange(first_key=first, last_key=last) for first, last in value.get_partition_key_ranges()]
        return pb.PartitionSubset(ranges=ranges[:most])
    return pb.PartitionSubset(partition_keys=list(value.get_partition_keys())[:most])


def from_subset(subset: pb.PartitionSubset, partitions_def: PartitionsDefinition | None) -> Value:
    """Reads some of the partitions of an asset or check; what can be no partition of it is left out."""
    if partitions_def is None:
        return subset.whole
    value = partitions_def.empty_subset().with_partition_keys(subset.partition_keys)
    for each in subset.ranges:
        try:
            value = value | partitions_def.subset_with_range(PartitionKeyRange(each.first_key, each.last_key))
        except HeadraceError:
            continue
    return value


# What a location found


def to_evaluation(result: AutomationResult, depth: int = 0) -> pb.AutomationEvaluation:
    """Writes what was found of a condition and its parts."""
    deeper = result.child_results if depth < _MAX_DEPTH - 1 else ()
    return pb.AutomationEvaluation(
        asset_key=_asset(result.key),
        check_name=_check_name(result.key),
        job_name=result.key.job_name if isinstance(result.key, AssetJobKey) else "",
        condition=result.condition.label or result.condition.name,
        candidate_count=result.context.candidate_subset.size,
        true_count=result.true_subset.size,
        true_subset=_shown(result.true_subset),
        parts=[to_evaluation(each, depth + 1) for each in deeper],
    )


def _shown(subset: EntitySubset) -> pb.PartitionSubset | None:
    return None if subset.is_empty else to_subset(subset.value, MOST_SHOWN)


def _asset(key: EntityKey) -> KeyMessage | None:
    asset = asset_of(key)
    return None if asset is None else to_asset_key(asset)


def _check_name(key: EntityKey) -> str:
    return key.name if isinstance(key, AssetCheckKey) else ""
