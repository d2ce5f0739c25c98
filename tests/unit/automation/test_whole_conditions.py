"""`eager`, `on_cron` and `on_missing`, from one evaluation to the next."""

from __future__ import annotations

from typing import Any

import headrace as dg
from rig.asset_world import AssetWorld

Condition = dg.AutomationCondition
HOURS = dg.HourlyPartitionsDefinition("2026-03-01-00:00")
LETTERS = dg.StaticPartitionsDefinition(["a", "b"])


def asset(name: str, condition: dg.AutomationCondition | None = None, **options: Any) -> dg.AssetsDefinition:
    @dg.asset(name=name, automation_condition=condition, **options)
    def make() -> None: ...

    return make


def chain(condition: dg.AutomationCondition, **options: Any) -> AssetWorld:
    return AssetWorld(
        asset("root", **options),
        asset("one", condition, deps=["root"], **options),
        asset("two", condition, deps=["one"], **options),
    )


def test_eager_makes_all_that_is_below_once() -> None:
    it = chain(Condition.eager())
    assert it.requested() == {}
    it.made("root")
    assert it.requested() == {"one": True, "two": True}
    assert it.requested() == {}
    it.run("one", "two")
    assert it.requested() == {}, "what one run made of both is no reason for another"


def test_eager_follows_each_of_two_updates_in_a_row() -> None:
    it = chain(Condition.eager())
    it.requested()
    for _ in range(2):
        it.made("root")
        assert it.requested() == {"one": True, "two": True}


def test_eager_waits_for_what_is_missing_or_being_made() -> None:
    it = AssetWorld(asset("left"), asset("right"), asset("it", Condition.eager(), deps=["left", "right"]))
    it.requested()
    it.made("left")
    assert it.requested() == {}
    run = it.begins("left")
    it.made("right")
    assert it.requested() == {}
    it.ends(run)
    assert it.requested() == {"it": True}


def test_eager_does_not_repeat_what_failed() -> None:
    it = chain(Condition.eager())
    it.requested()
    it.made("root")
    it.requested()
    it.ends(it.begins("one", "two"), failed=True)
    assert it.requested() == {}


def test_eager_makes_partitions_that_come_into_being_and_none_that_were_there() -> None:
    root = asset("root")
    it = AssetWorld(root, asset("it", Condition.eager(), partitions_def=LETTERS, deps=["root"]))
    it.made("root")
    assert it.requested() == {}
    more = dg.StaticPartitionsDefinition(["a", "b", "c"])
    it.define(root, asset("it", Condition.eager(), partitions_def=more, deps=["root"]))
    assert it.requested() == {"it": ["c"]}


def test_eager_makes_the_latest_window_only() -> None:
    it = chain(Condition.eager(), partitions_def=HOURS)
    it.requested()
    it.made("root", "2026-03-02-00:00")
    assert it.requested() == {}
    it.made("root", "2026-03-04-11:00")
    assert it.requested() == {"one": ["2026-03-04-11:00"], "two": ["2026-03-04-11:00"]}


def test_eager_makes_a_partition_from_its_own_yesterday_once_that_is_there() -> None:
    days = dg.DailyPartitionsDefinition("2026-03-01")
    yesterday = dg.AssetDep("it", partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))
    it = AssetWorld(asset("it", Condition.eager(), partitions_def=days, deps=[yesterday]))
    assert it.requested() == {}
    it.made("it", "2026-03-02")
    assert it.requested() == {"it": ["2026-03-03"]}
    assert it.requested() == {}


def test_eager_for_dynamic_partitions_as_they_are_added() -> None:
    names = dg.DynamicPartitionsDefinition(name="customers")
    it = AssetWorld(asset("it", Condition.eager(), partitions_def=names))
    assert it.requested() == {}
    it.dynamic["customers"] = ["ann", "bob"]
    assert it.requested() == {"it": ["ann", "bob"]}
    it.dynamic["customers"].append("cid")
    assert it.requested() == {"it": ["cid"]}


def test_eager_checks_run_when_their_asset_was_made() -> None:
    @dg.asset_check(asset="it", name="fine", automation_condition=Condition.eager())
    def fine() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    it = AssetWorld(asset("it"), fine)
    assert it.requested() == {}
    for _ in range(2):
        it.made("it")
        assert it.requested() == {"it:fine": True}
        assert it.requested() == {}


def test_on_cron_once_after_each_tick_when_all_upstream_was_made_since() -> None:
    it = AssetWorld(asset("left"), asset("right"), asset("it", Condition.on_cron("0 * * * *"), deps=["left", "right"]))
    it.made("left")
    assert it.requested() == {}
    it.passes(hours=1)
    assert it.requested() == {}
    it.made("left")
    assert it.requested() == {}
    it.made("right")
    assert it.requested() == {"it": True}
    it.made("left")
    assert it.requested() == {}
    it.passes(hours=1)
    assert it.requested() == {}
    it.made("left")
    it.made("right")
    assert it.requested() == {"it": True}


def test_on_cron_counts_what_was_made_after_the_tick_in_between_two_evaluations() -> None:
    it = AssetWorld(asset("root"), asset("it", Condition.on_cron("0 * * * *"), deps=["root"]))
    it.requested()
    it.passes(minutes=50)
    it.made("root")
    it.passes(minutes=15)
    assert it.requested() == {}, "made before the tick"
    it.made("root")
    it.passes(minutes=60)
    it.made("root")
    assert it.requested() == {"it": True}, "made after the newest tick"


def test_on_cron_without_anything_upstream_at_each_tick() -> None:
    it = AssetWorld(asset("it", Condition.on_cron("@hourly")))
    assert it.requested() == {}
    for _ in range(2):
        it.passes(hours=1)
        assert it.requested() == {"it": True} and it.requested() == {}


def test_on_missing_once_everything_upstream_is_there() -> None:
    it = AssetWorld(
        asset("root", partitions_def=HOURS),
        asset("it", Condition.on_missing(), partitions_def=HOURS, deps=["root"]),
    )
    assert it.requested() == {}
    it.passes(hours=1)
    assert it.requested() == {}
    it.made("root", "2026-03-04-12:00")
    assert it.requested() == {"it": ["2026-03-04-12:00"]}
    assert it.requested() == {}


def test_blocking_checks_hold_back_what_is_below_until_they_passed_or_run_along() -> None:
    condition = Condition.eager() & Condition.all_deps_blocking_checks_passed()
    spec = dg.AssetCheckSpec("sound", asset="one", blocking=True)
    it = AssetWorld(
        asset("root"), asset("one", condition, deps=["root"], check_specs=[spec]), asset("two", condition, deps=["one"])
    )
    it.requested()
    it.made("root")
    assert set(it.requested()) == {"one", "one:sound", "two"}, "the check runs along, so it will have passed"
    it.requested()
    it.made("one")
    assert it.requested() == {}
    it.judged("one", "sound", passed=False)
    assert it.requested() == {}
    it.judged("one", "sound", passed=True)
    assert it.requested() == {"two": True}


def test_what_a_condition_remembers_outlives_a_change_of_the_condition_around_it() -> None:
    def defined(condition: dg.AutomationCondition) -> list[dg.AssetsDefinition]:
        return [asset("left"), asset("right"), asset("it", condition, deps=["left", "right"])]

    since_cron = Condition.all_deps_updated_since_cron("0 * * * *")
    it = AssetWorld(*defined(since_cron))
    it.requested()
    it.passes(hours=1)
    it.requested()
    it.made("left")
    assert it.requested() == {}
    it.define(*defined((since_cron.with_label("renamed") & Condition.missing()) | Condition.execution_failed()))
    it.made("right")
    assert it.requested() == {"it": True}, "that `left` was made is remembered"
