"""Which runs make what was requested, and how much is requested at once."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg
from headrace.automation.run_requests import build_run_requests, for_backfill
from rig.asset_world import AssetWorld

Condition = dg.AutomationCondition
DAYS = dg.DailyPartitionsDefinition("2026-02-20")
RANGE = ("headrace/asset_partition_range_start", "headrace/asset_partition_range_end")


def asset(name: str, **options: Any) -> dg.AssetsDefinition:
    @dg.asset(name=name, automation_condition=Condition.missing(), **options)
    def make() -> None: ...

    return make


def runs(it: AssetWorld) -> list[tuple[list[str], str | None, tuple[str, str] | None]]:
    """The assets, the partition and the range of each run."""
    requests = build_run_requests(it.evaluate().requested.values(), it.graph)
    assert all(request.tags["headrace/from_automation_condition"] == "true" for request in requests)
    return [
        (
            [key.to_user_string() for key in request.asset_selection or ()],
            request.partition_key,
            (request.tags[RANGE[0]], request.tags[RANGE[1]]) if RANGE[0] in request.tags else None,
        )
        for request in requests
    ]


def test_what_has_no_partitions_is_made_by_one_run() -> None:
    assert runs(AssetWorld(asset("b"), asset("a", deps=["b"]))) == [(["a", "b"], None, None)]


def test_each_partition_has_a_run_of_its_own_for_all_that_wants_it() -> None:
    letters = dg.StaticPartitionsDefinition(["x", "y"])
    it = AssetWorld(asset("a", partitions_def=letters), asset("b", partitions_def=letters), asset("c"))
    assert runs(it) == [(["a", "b"], "x", None), (["a", "b"], "y", None), (["c"], None, None)]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (dg.BackfillPolicy.single_run(), [("2026-02-20", "2026-02-24"), ("2026-02-26", "2026-03-03")]),
        (
            dg.BackfillPolicy.multi_run(4),
            [
                ("2026-02-20", "2026-02-23"),
                ("2026-02-24", "2026-02-24"),
                ("2026-02-26", "2026-03-01"),
                ("2026-03-02", "2026-03-03"),
            ],
        ),
    ],
)
def test_ranges_of_partitions_as_the_backfill_policy_says(
    policy: dg.BackfillPolicy, expected: list[tuple[str, str]]
) -> None:
    it = AssetWorld(asset("a", partitions_def=DAYS, backfill_policy=policy))
    it.made("a", "2026-02-25")
    assert [between or (one, one) for _, one, between in runs(it)] == expected


def test_what_is_made_together_follows_the_policy_of_the_smallest_step() -> None:
    single = dg.BackfillPolicy.single_run()
    it = AssetWorld(asset("a", partitions_def=DAYS, backfill_policy=single), asset("b", partitions_def=DAYS))
    assert all(assets == ["a", "b"] and key is not None for assets, key, _ in runs(it))


def test_assets_of_many_partitions_and_what_is_connected_to_them_are_made_by_a_backfill() -> None:
    it = AssetWorld(
        asset("source"),
        asset("days", partitions_def=DAYS, deps=["source"]),
        asset("total", deps=["days"]),
        asset("beyond", deps=["between"]),
        asset("other"),
    )
    together = for_backfill(it.evaluate().requested.values(), it.graph)
    assert [key.to_user_string() for key in together] == ["days", "source", "total"]
    assert together[dg.AssetKey("days")].size == len(DAYS.get_partition_keys(it.now))


def test_one_partition_is_no_backfill() -> None:
    it = AssetWorld(asset("one", partitions_def=dg.StaticPartitionsDefinition(["x"])), asset("whole"))
    assert not for_backfill(it.evaluate().requested.values(), it.graph)


def test_a_backfill_takes_all_partitions_at_once_whatever_the_limit_of_runs() -> None:
    it = AssetWorld(asset("days", partitions_def=DAYS))
    assert it.requested(most_partitions=5, backfills=True) == {"days": DAYS.get_partition_keys(it.now)}


def test_a_check_that_is_requested_alone_runs_alone() -> None:
    @dg.asset
    def it() -> None: ...

    @dg.asset_check(asset=it, automation_condition=Condition.missing())
    def fine() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    world = AssetWorld(it, fine)
    (request,) = build_run_requests(world.evaluate().requested.values(), world.graph)
    assert request.asset_selection is None
    assert request.asset_check_keys == [dg.AssetCheckKey(dg.AssetKey("it"), "fine")]


def test_a_limit_leaves_the_rest_for_the_next_evaluation() -> None:
    condition = Condition.missing().newly_true().since(Condition.newly_requested())

    @dg.asset(partitions_def=DAYS, automation_condition=condition)
    def it() -> None: ...

    world = AssetWorld(it)
    taken = [world.requested(most_partitions=5).get("it", []) for _ in range(4)]
    assert [len(keys) for keys in taken] == [5, 5, 2, 0]  # type: ignore[arg-type]
    assert [key for keys in taken for key in keys] == DAYS.get_partition_keys(world.now)  # type: ignore[union-attr]


def test_the_same_is_not_requested_again_within_an_interval_for_no_new_reason() -> None:
    it = AssetWorld(asset("it"))
    taken = []
    for _ in range(7):
        taken.append(bool(it.requested(repeat_interval=30)))
        it.passes(seconds=10)
    assert taken == [True, False, False, True, False, False, True]


def test_a_new_reason_is_a_reason_at_once() -> None:
    @dg.asset(deps=["above"], automation_condition=Condition.eager())
    def it() -> None: ...

    world = AssetWorld(it)
    world.requested()
    for _ in range(3):
        world.made("above")
        assert world.requested(repeat_interval=30) == {"it": True}
        assert world.requested(repeat_interval=30) == {}


def test_a_new_reason_stays_one_while_the_request_has_to_wait() -> None:
    @dg.asset(deps=["above"], automation_condition=Condition.eager())
    def it() -> None: ...

    world = AssetWorld(it)
    world.requested()
    for _ in range(2):
        run = world.begins("above")
        world.made("above", run_id=run)
        assert world.requested(repeat_interval=30) == {}, "what is upstream is still being made"
        world.ends(run)
        assert world.requested(repeat_interval=30) == {"it": True}


def test_what_was_held_back_is_to_be_evaluated_when_it_may_be_requested() -> None:
    it = AssetWorld(asset("it"))
    first = it.now.timestamp()
    it.evaluate(repeat_interval=30)
    it.passes(seconds=1)
    assert it.evaluate(repeat_interval=30).held_until == first + 30
