"""What is known of assets reaches a location as it was, and what it finds comes back."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg
from headrace.api.types.v1.partition_pb2 import PartitionRange
from headrace.automation.facts import EntityFacts, RunBegan, Update
from headrace.wire.automation_state import from_state, from_subset, to_evaluation, to_state, to_subset
from rig.asset_world import AssetWorld

HOURS = dg.HourlyPartitionsDefinition("2026-01-01-00:00")
LETTERS = dg.StaticPartitionsDefinition(["a", "b", "c", "d"])
NAMES = dg.DynamicPartitionsDefinition(name="names")


@pytest.mark.parametrize(
    ("partitions_def", "keys"),
    [
        (HOURS, ["2026-01-02-00:00", "2026-01-02-01:00", "2026-02-01-05:00"]),
        (LETTERS, ["a", "b", "d"]),
        (NAMES, ["ann", "bob"]),
    ],
)
def test_subsets_arrive_as_they_were(partitions_def: dg.PartitionsDefinition, keys: list[str]) -> None:
    subset = partitions_def.subset_with_partition_keys(keys)
    assert from_subset(to_subset(subset), partitions_def) == subset


def test_a_hundred_thousand_windows_are_one_range() -> None:
    every = dg.HourlyPartitionsDefinition("2010-01-01-00:00").subset_with_all_partitions()
    assert len(every) > 100_000 and len(to_subset(every).ranges) == 1


def test_what_can_be_no_partition_any_more_is_left_out() -> None:
    told = to_subset(LETTERS.subset_with_partition_keys(["a", "b", "d"]))
    told.ranges.append(PartitionRange(first_key="gone", last_key="gone"))
    fewer = dg.StaticPartitionsDefinition(["a", "b"])
    assert list(from_subset(told, fewer)) == ["a", "b"]  # type: ignore[arg-type]


def asset(name: str, **options: Any) -> dg.AssetsDefinition:
    @dg.asset(name=name, **options)
    def make() -> None: ...

    return make


def test_what_is_known_arrives_as_it_was() -> None:
    world = AssetWorld(asset("whole"), asset("parted", partitions_def=LETTERS), asset("quiet"))
    world.run("whole", "parted", partition="b", tags={"who": "me"})
    world.made("parted", "d", version="7")
    world.ends(world.begins("parted", target="c"), failed=True)
    world.begins("whole")
    whole, parted = dg.AssetKey("whole"), dg.AssetKey("parted")
    state = to_state(world.knowledge, world.graph.keys, {parted}, everything=False, until=world.knowledge.position)
    known, changed = from_state(state, world.graph)
    assert changed == {parted} and known.facts(dg.AssetKey("quiet")) is None
    for key in (whole, parted):
        before, after = world.knowledge.facts(key), known.facts(key)
        assert before is not None and after is not None
        assert summary(after) == summary(before)
    run = known.run("run 1")
    assert isinstance(run, RunBegan) and (run.tags, run.keys) == ({"who": "me"}, {whole, parted})


def test_updates_after_a_position_are_told_another_time() -> None:
    world = AssetWorld(asset("it"))
    for _ in range(3):
        world.made("it")
    state = to_state(world.knowledge, world.graph.keys, (), everything=True, until=2)
    assert state.everything and len(state.entities[0].updates) == 2


def test_what_was_found_comes_back_with_its_parts() -> None:
    condition = (dg.AutomationCondition.missing() & ~dg.AutomationCondition.in_progress()).with_label("wanted")
    world = AssetWorld(asset("it", automation_condition=condition, partitions_def=LETTERS))
    world.made("it", "b")
    (result,) = world.evaluate().results
    found = to_evaluation(result)
    assert (found.condition, found.candidate_count, found.true_count) == ("wanted", 4, 3)
    assert [(each.condition, each.true_count) for each in found.parts] == [("missing", 3), ("not", 3)]
    ranges = [(each.first_key, each.last_key) for each in found.true_subset.ranges]
    assert ranges == [("a", "a"), ("c", "d")]


def summary(facts: EntityFacts) -> list[object]:
    """Facts without positions, which each side counts for itself."""
    updates = [plain(each) for each in facts.updates]
    latest = None if facts.latest is None else plain(facts.latest)
    return [facts.made, facts.running, facts.backfilling, facts.failed, updates, latest]


def plain(update: Update) -> tuple[object, ...]:
    return (round(update.time, 3), update.partition, update.run_id, update.data_version, update.observed)
