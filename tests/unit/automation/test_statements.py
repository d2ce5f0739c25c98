"""What each statement of a condition says of an asset, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

import headrace as dg
from headrace.definitions.partitions.keys import PartitionKeyRange
from rig.asset_world import START, AssetWorld

Condition = dg.AutomationCondition
World = Callable[[dg.AutomationCondition], AssetWorld]


def asset(name: str, condition: dg.AutomationCondition | None = None, **options: object) -> dg.AssetsDefinition:
    @dg.asset(name=name, automation_condition=condition, **options)  # type: ignore[call-overload]
    def make() -> None: ...

    return make  # type: ignore[no-any-return]


def world(condition: dg.AutomationCondition, **options: object) -> AssetWorld:
    return AssetWorld(asset("it", condition, **options))


def is_true(of: AssetWorld) -> bool:
    return of.requested() == {"it": True}


def test_missing_until_it_is_made() -> None:
    it = world(Condition.missing())
    assert is_true(it) and is_true(it)
    it.made("it")
    assert not is_true(it)


def test_a_run_is_in_progress_until_it_ends() -> None:
    it = world(Condition.in_progress())
    assert not is_true(it)
    run = it.begins("it")
    assert is_true(it)
    it.ends(run)
    assert not is_true(it)


def test_only_runs_of_backfills_are_backfills() -> None:
    it = world(Condition.backfill_in_progress())
    it.begins("it")
    assert not is_true(it)


def test_a_backfill_is_in_progress_with_what_its_runs_are_to_begin_with_and_have_begun() -> None:
    letters = dg.StaticPartitionsDefinition(["a", "b", "c"])
    it = world(Condition.backfill_in_progress(), partitions_def=letters)
    it.backfill_begins("one", "it", "a", "b")
    assert it.requested() == {"it": ["a", "b"]}
    run = it.begins("it", target="a", backfill_id="one")
    assert it.requested() == {"it": ["a", "b"]}
    it.ends(run)
    assert it.requested() == {"it": ["b"]}, "what is over is over, even if it made nothing"
    it.backfill_ends("one")
    assert it.requested() == {}


def test_a_backfill_that_is_heard_of_late_is_ahead_of_nothing_that_is_being_made() -> None:
    letters = dg.StaticPartitionsDefinition(["a", "b"])
    it = world(Condition.backfill_in_progress(), partitions_def=letters)
    run = it.begins("it", target="a", backfill_id="one")
    it.backfill_begins("one", "it", "a", "b")
    it.ends(run)
    assert it.requested() == {"it": ["b"]}


def test_execution_failed_until_another_run_begins_or_the_failed_one_makes_it_after_all() -> None:
    it = world(Condition.execution_failed())
    failed = it.begins("it")
    it.ends(failed, failed=True)
    assert is_true(it)
    it.made("it")
    assert is_true(it), "made by nobody's run, it says nothing about the attempt"
    it.made("it", run_id=failed)
    assert not is_true(it)
    it.ends(it.begins("it"), failed=True)
    it.begins("it")
    assert not is_true(it)


def test_what_a_failed_run_made_did_not_fail() -> None:
    it = AssetWorld(asset("it", Condition.execution_failed()), asset("other", Condition.execution_failed()))
    run = it.begins("it", "other")
    it.made("it", run_id=run)
    it.ends(run, failed=True)
    assert it.requested() == {"other": True}


def test_newly_updated_once_per_update_and_never_for_what_was_there_before_the_first_evaluation() -> None:
    it = world(Condition.newly_updated())
    it.made("it")
    assert not is_true(it)
    it.made("it")
    assert is_true(it) and not is_true(it)


def test_looking_at_an_asset_updates_it_when_its_version_changes() -> None:
    @dg.observable_source_asset(automation_condition=Condition.newly_updated())
    def it() -> None: ...

    seen = AssetWorld(it)
    assert not is_true(seen)
    for version, updated in (("1", True), ("1", False), ("2", True), ("2", False)):
        seen.made("it", version=version, observed=True)
        assert is_true(seen) is updated, version


def test_data_version_changed_only_where_the_last_version_differs_from_the_one_before() -> None:
    it = world(Condition.data_version_changed())
    assert not is_true(it)
    for versions, changed in ((["a"], True), (["a", "a"], False), (["b"], True), (["c", "b"], False), ([], False)):
        for version in versions:
            it.made("it", version=version)
        assert is_true(it) is changed, versions


def test_code_version_changed_at_the_first_evaluation_with_another_one() -> None:
    condition = Condition.code_version_changed()
    it = world(condition, code_version="1")
    assert not is_true(it) and not is_true(it)
    it.define(asset("it", condition, code_version="2"))
    assert is_true(it) and not is_true(it)


def test_newly_requested_at_the_evaluation_after_a_request() -> None:
    it = world(Condition.initial_evaluation() | Condition.newly_requested())
    assert is_true(it) and is_true(it) and is_true(it), "each request is the reason for the next"
    it = world(Condition.newly_requested())
    assert not is_true(it)


def test_initial_evaluation_again_only_when_the_kind_of_partitions_changes() -> None:
    condition = Condition.initial_evaluation()
    it = world(condition)
    assert is_true(it) and not is_true(it)
    it.define(asset("it", condition & Condition.missing()))
    assert not is_true(it)
    it.define(asset("it", condition, partitions_def=dg.StaticPartitionsDefinition(["a", "b"])))
    assert it.requested() == {"it": ["a", "b"]}
    it.define(asset("it", condition, partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"])))
    assert it.requested() == {}


def test_initial_evaluation_again_after_the_condition_was_away() -> None:
    condition = Condition.initial_evaluation()
    it = world(condition)
    assert is_true(it)
    it.define(asset("it"))
    assert it.requested() == {}
    it.define(asset("it", condition))
    assert is_true(it)


@pytest.mark.parametrize(
    ("lookback", "expected"),
    [
        (None, ["2026-03-03"]),
        (timedelta(days=1), ["2026-03-03"]),
        (timedelta(days=3), ["2026-03-01", "2026-03-02", "2026-03-03"]),
    ],
)
def test_in_latest_time_window_as_far_back_from_its_end(lookback: timedelta | None, expected: list[str]) -> None:
    days = dg.DailyPartitionsDefinition("2026-01-01")
    it = world(Condition.in_latest_time_window(lookback), partitions_def=days)
    assert it.requested() == {"it": expected}
    it.passes(days=1)
    assert it.requested()["it"][-1] == "2026-03-04"  # type: ignore[index]


def test_what_is_in_no_window_of_time_is_always_in_the_latest() -> None:
    condition = Condition.in_latest_time_window()
    assert is_true(world(condition))
    assert world(condition, partitions_def=dg.StaticPartitionsDefinition(["a", "b"])).requested() == {"it": ["a", "b"]}
    parts = dg.MultiPartitionsDefinition(
        {"day": dg.DailyPartitionsDefinition("2026-03-01"), "place": dg.StaticPartitionsDefinition(["x", "y"])}
    )
    assert set(world(condition, partitions_def=parts).requested()["it"]) == {"2026-03-03|x", "2026-03-03|y"}  # type: ignore[arg-type]


def test_a_cron_tick_counts_once_in_its_time_zone() -> None:
    it = world(Condition.cron_tick_passed("0 14 * * *", "Europe/Berlin"))
    assert not is_true(it), "what passed before the first evaluation does not count"
    it.passes(minutes=59)
    assert not is_true(it)
    it.passes(minutes=1)
    assert is_true(it) and not is_true(it)
    it.passes(days=3)
    assert is_true(it) and not is_true(it)


def test_executed_with_tags_says_how_it_was_made_last() -> None:
    it = world(Condition.executed_with_tags(tag_keys={"who"}, tag_values={"why": "x"}))
    for tags, matches in (
        ({}, False),
        ({"who": "me"}, False),
        ({"who": "me", "why": "x"}, True),
        ({"why": "x"}, False),
    ):
        it.run("it", tags=tags)
        assert is_true(it) is matches, tags
    it.run("it", tags={"who": "me", "why": "x"})
    it.made("it")
    assert not is_true(it), "made by no run"


def test_tags_that_older_code_names_are_found_under_their_new_names() -> None:
    it = world(Condition.executed_with_tags(tag_values={"dagster/from_automation_condition": "true"}))
    it.run("it", tags={"headrace/from_automation_condition": "true"})
    assert is_true(it)


def test_newly_requested_of_what_is_upstream() -> None:
    below = Condition.any_deps_match(Condition.newly_requested())
    it = AssetWorld(asset("above", Condition.missing().newly_true()), asset("it", below, deps=["above"]))
    assert it.requested() == {"above": True}
    assert it.requested() == {"it": True}
    assert it.requested() == {}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition.any_new_update_has_run_tags(tag_keys={"auto"}), {"it": ["a", "b"]}),
        (Condition.all_new_updates_have_run_tags(tag_keys={"auto"}), {"it": ["a"]}),
    ],
)
def test_runs_since_the_last_evaluation_by_their_tags(
    condition: dg.AutomationCondition, expected: dict[str, list[str]]
) -> None:
    it = world(condition, partitions_def=dg.StaticPartitionsDefinition(["a", "b", "c"]))
    it.run("it", partition="c", tags={"auto": ""})
    assert it.requested() == {}
    for partition, tags in (("a", {"auto": ""}), ("b", {"auto": ""}), ("b", {}), ("c", {})):
        it.run("it", partition=partition, tags=tags)
    assert it.requested() == expected
    assert it.requested() == {}


def test_a_check_passes_or_fails_for_what_was_made_before_it() -> None:
    @dg.asset_check(asset="it", name="passes", automation_condition=Condition.check_passed())
    def passes() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.asset_check(asset="it", name="fails", automation_condition=Condition.check_failed())
    def fails() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    it = AssetWorld(asset("it"), passes, fails)
    assert it.requested() == {}
    it.judged("it", "passes", passed=True)
    it.judged("it", "fails", passed=True)
    assert it.requested() == {"it:passes": True}
    it.judged("it", "fails", passed=False)
    assert it.requested() == {"it:passes": True, "it:fails": True}
    it.made("it")
    assert it.requested() == {}, "no verdict is about what was just made"
    it.judged("it", "passes", passed=True)
    assert it.requested() == {"it:passes": True}


@pytest.mark.parametrize(
    ("condition", "hours"),
    [
        (Condition.freshness_passed(), (0, 1, 2)),
        (Condition.freshness_warned(), (3, 4)),
        (Condition.freshness_failed(), (5, 6)),
    ],
)
def test_freshness_by_the_age_of_the_asset(condition: dg.AutomationCondition, hours: tuple[int, ...]) -> None:
    policy = dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=4, minutes=30), warn_window=timedelta(hours=2, minutes=30)
    )
    it = world(condition, freshness_policy=policy)
    assert not is_true(it), "nobody knows how fresh it is"
    it.made("it")
    true = []
    for hour in range(7):
        true += [hour] if is_true(it) else []
        it.passes(hours=1)
    assert tuple(true) == hours


def test_runs_of_ranges_are_in_progress_and_fail_for_all_of_them() -> None:
    days = dg.DailyPartitionsDefinition("2026-01-01")
    it = world(Condition.in_progress() | Condition.execution_failed(), partitions_def=days)
    run = it.begins("it", target=PartitionKeyRange("2026-02-01", "2026-02-03"))
    expected = ["2026-02-01", "2026-02-02", "2026-02-03"]
    assert it.requested() == {"it": expected}
    it.made("it", "2026-02-02", run_id=run)
    it.ends(run, failed=True)
    assert it.requested() == {"it": ["2026-02-01", "2026-02-03"]}


def test_a_hundred_thousand_windows_are_counted_and_not_listed() -> None:
    hours = dg.HourlyPartitionsDefinition("2010-01-01-00:00")
    it = world(Condition.missing().newly_true(), partitions_def=hours)
    evaluation = it.evaluate()
    (result,) = evaluation.results
    assert result.true_subset.size > 140_000
    assert len(evaluation.cursor.to_text()) < 1_000
    assert START.year == 2026
