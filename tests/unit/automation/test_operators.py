"""What operators make of the conditions inside them, for the asset itself and for those around it."""

from __future__ import annotations

from typing import Any

import pytest

import headrace as dg
from rig.asset_world import AssetWorld

Condition = dg.AutomationCondition
LETTERS = dg.StaticPartitionsDefinition(["a", "b"])


def asset(name: str, condition: dg.AutomationCondition | None = None, **options: Any) -> dg.AssetsDefinition:
    @dg.asset(name=name, automation_condition=condition, **options)
    def make() -> None: ...

    return make


def two_above(condition: dg.AutomationCondition, **options: Any) -> AssetWorld:
    return AssetWorld(
        asset("left", **options), asset("right", **options), asset("it", condition, deps=["left", "right"], **options)
    )


def test_newly_true_only_at_the_evaluation_at_which_it_becomes_true() -> None:
    it = AssetWorld(asset("it", (~Condition.missing()).newly_true()))
    assert it.requested() == {}
    it.made("it")
    assert it.requested() == {"it": True}
    assert it.requested() == {}


def test_since_from_the_trigger_until_the_reset() -> None:
    it = two_above(
        Condition.asset_matches("left", Condition.newly_updated()).since(
            Condition.asset_matches("right", Condition.newly_updated())
        )
    )
    assert it.requested() == {}
    it.made("left")
    assert it.requested() == {"it": True} and it.requested() == {"it": True}
    it.made("right")
    assert it.requested() == {} and it.requested() == {}


@pytest.mark.parametrize(("order", "expected"), [(["left", "right"], {}), (["right", "left"], {"it": True})])
def test_what_happened_last_counts_where_trigger_and_reset_happened_between_two_evaluations(
    order: list[str], expected: dict[str, bool]
) -> None:
    it = two_above(
        Condition.asset_matches("left", Condition.newly_updated()).since(
            Condition.asset_matches("right", Condition.newly_updated())
        )
    )
    it.requested()
    for name in order:
        it.made(name)
    assert it.requested() == expected


def test_the_reset_wins_where_nobody_knows_what_was_first() -> None:
    it = AssetWorld(asset("it", (~Condition.missing()).since(~Condition.missing())))
    it.requested()
    it.made("it")
    assert it.requested() == {}


@pytest.mark.parametrize(
    ("condition", "one", "both"),
    [
        (Condition.any_deps_match(Condition.missing()), ["a", "b"], ["b"]),
        (Condition.all_deps_match(Condition.missing()), ["b"], ["b"]),
        (Condition.any_deps_match(Condition.missing()).allow(dg.AssetSelection.keys("left")), ["b"], ["b"]),
        (Condition.any_deps_match(Condition.missing()).ignore(dg.AssetSelection.keys("left")), ["a", "b"], ["b"]),
        (Condition.any_deps_match(Condition.missing()).allow(dg.AssetSelection.keys("nowhere")), [], []),
    ],
)
def test_assets_upstream_partition_by_partition(
    condition: dg.AutomationCondition, one: list[str], both: list[str]
) -> None:
    it = two_above(condition, partitions_def=LETTERS)
    for name, expected in (("left", one), ("right", both)):
        it.made(name, "a")
        assert it.requested() == ({"it": expected} if expected else {})


def test_partitions_upstream_are_mapped_in_both_directions() -> None:
    hours = dg.HourlyPartitionsDefinition("2026-03-01-00:00")
    days = dg.DailyPartitionsDefinition("2026-03-01")
    it = AssetWorld(
        asset("hourly", partitions_def=hours),
        asset("daily", Condition.any_deps_match(Condition.newly_updated()), partitions_def=days, deps=["hourly"]),
        asset("whole", Condition.any_deps_match(Condition.newly_updated()), deps=["hourly"]),
    )
    it.requested()
    it.made("hourly", "2026-03-02-07:00")
    assert it.requested() == {"daily": ["2026-03-02"], "whole": True}


def test_another_asset_is_asked_wherever_it_is() -> None:
    it = AssetWorld(
        asset("elsewhere", partitions_def=LETTERS),
        asset("it", Condition.asset_matches("elsewhere", Condition.missing()), partitions_def=LETTERS),
        asset("whole", Condition.asset_matches("elsewhere", Condition.missing())),
        asset("lost", Condition.asset_matches("nowhere", Condition.missing())),
    )
    it.made("elsewhere", "a")
    assert it.requested() == {"it": ["b"], "whole": True}


def checked(condition: dg.AutomationCondition) -> AssetWorld:
    @dg.asset_check(asset="checked", name="must", blocking=True)
    def must() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.asset_check(asset="checked", name="should")
    def should() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    return AssetWorld(asset("checked", condition, deps=["above"]), must, should)


@pytest.mark.parametrize(
    ("condition", "after"),
    [
        (Condition.any_checks_match(Condition.check_passed()), ["must", "should"]),
        (Condition.all_checks_match(Condition.check_passed()), ["should"]),
        (Condition.all_checks_match(Condition.check_passed(), blocking_only=True), ["must", "should"]),
    ],
)
def test_checks_of_the_asset(condition: dg.AutomationCondition, after: list[str]) -> None:
    it = checked(condition)
    assert it.requested() == {}
    for name in ("must", "should"):
        it.judged("checked", name, passed=True)
        assert ("checked" in it.requested()) is (name in after)


def test_what_is_requested_upstream_is_known_below_in_the_same_evaluation() -> None:
    below = Condition.any_deps_match(Condition.will_be_requested())
    it = AssetWorld(
        asset("first", Condition.missing()),
        asset("second", below, deps=["first"]),
        asset("third", below, deps=["second"]),
    )
    assert it.requested() == {"first": True, "second": True, "third": True}


def test_what_cannot_be_made_in_one_run_is_not_counted_as_requested() -> None:
    below = Condition.any_deps_match(Condition.will_be_requested())
    it = AssetWorld(asset("parts", Condition.missing(), partitions_def=LETTERS), asset("whole", below, deps=["parts"]))
    assert it.requested() == {"parts": ["a", "b"]}


def test_assets_that_are_made_together_are_requested_together() -> None:
    @dg.multi_asset(specs=[dg.AssetSpec("one", automation_condition=Condition.missing()), dg.AssetSpec("other")])
    def pair() -> None: ...

    it = AssetWorld(pair, asset("below", Condition.any_deps_match(Condition.will_be_requested()), deps=["other"]))
    assert it.requested() == {"one": True, "other": True, "below": True}


def test_the_conditions_downstream_are_asked_for_the_asset_itself() -> None:
    lazy = Condition.any_downstream_conditions()
    it = AssetWorld(
        asset("top", lazy),
        asset("middle", lazy, deps=["top"]),
        asset("wants", Condition.missing(), deps=["middle"]),
        asset("tells", Condition.execution_failed(), deps=["middle"]),
    )
    evaluation = it.evaluate()
    assert {key.to_user_string() for key in evaluation.requested} == {"top", "middle", "wants"}
    top = next(result for result in evaluation.results if result.key == dg.AssetKey("top"))
    assert [each.condition.label for each in top.child_results] == ["tells", "wants"]
    it.made("top")
    assert set(it.requested()) == {"middle", "wants"}


def test_conditions_that_ask_each_other_in_a_ring_come_to_an_end() -> None:
    days = dg.DailyPartitionsDefinition("2026-03-01")
    yesterday = dg.AssetDep("it", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))
    labelled = (Condition.missing() | Condition.any_downstream_conditions()).with_label("either")
    it = AssetWorld(asset("it", labelled, partitions_def=days, deps=[yesterday]))
    assert it.requested() == {"it": ["2026-03-01", "2026-03-02", "2026-03-03"]}


class Every(dg.AutomationCondition):
    """True at every second evaluation."""

    def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
        odd = context.cursor == "odd"
        true = context.candidate_subset if odd else context.get_empty_subset()
        return dg.AutomationResult(context, true_subset=true, cursor="even" if odd else "odd")


def test_conditions_of_users_remember_text_each_their_own() -> None:
    it = AssetWorld(asset("it", Every() & ~Every()), asset("other", Every()))
    assert [set(it.requested()) for _ in range(4)] == [set(), {"other"}, set(), {"other"}]


def test_a_condition_of_a_user_that_answers_with_something_else_is_told_so() -> None:
    class Wrong(dg.AutomationCondition):
        def evaluate(self, context: dg.AutomationContext) -> Any:
            return True

    with pytest.raises(dg.InvalidInvocationError, match=r"Wrong\.evaluate returned True"):
        AssetWorld(asset("it", Wrong())).requested()


def test_checks_of_partitions_are_asked_partition_by_partition() -> None:
    @dg.asset_check(asset="it", name="each", partitions_def=LETTERS, automation_condition=Condition.eager())
    def each() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    world = AssetWorld(
        asset("it", partitions_def=LETTERS),
        asset("below", Condition.all_deps_blocking_checks_passed(), partitions_def=LETTERS, deps=["it"]),
        each,
    )
    assert world.requested() == {"below": ["a", "b"]}
    world.made("it", "b")
    assert world.requested() == {"below": ["a", "b"], "it:each": ["b"]}
