"""What conditions look at, whom a change concerns, and when time alone may change something."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import headrace as dg
from headrace.automation.conditions import conditions_of
from headrace.automation.moments import LOOK_INTERVAL, next_moment
from headrace.automation.reach import reached, watched
from headrace.automation.view import AssetGraphView
from rig.asset_world import START, AssetWorld

Condition = dg.AutomationCondition


def asset(name: str, condition: dg.AutomationCondition | None = None, **options: Any) -> dg.AssetsDefinition:
    @dg.asset(name=name, automation_condition=condition, **options)
    def make() -> None: ...

    return make


def names(keys: Any) -> set[str]:
    return {key.to_user_string() for key in keys}


def parts(world: AssetWorld) -> tuple[AssetGraphView, Any]:
    view = AssetGraphView(world.graph, world.knowledge, world.now)
    return view, conditions_of(world.graph, dg.AssetSelection.all())


def line(condition: dg.AutomationCondition) -> AssetWorld:
    return AssetWorld(
        asset("a"),
        asset("b", deps=["a"]),
        asset("c", deps=["b"]),
        asset("it", condition, deps=["c"]),
        asset("below", Condition.missing(), deps=["it"]),
        asset("apart", Condition.missing()),
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition.missing(), {"it"}),
        (Condition.eager(), {"it", "c"}),
        (Condition.any_deps_match(Condition.any_deps_match(Condition.missing())), {"it", "c", "b"}),
        (Condition.asset_matches("a", Condition.missing()), {"it", "a"}),
    ],
)
def test_conditions_look_as_far_as_they_say(condition: dg.AutomationCondition, expected: set[str]) -> None:
    view, conditions = parts(line(condition))
    found = watched(view, conditions)
    assert found is not None and names(found) == expected | {"below", "apart"}


@pytest.mark.parametrize("condition", [Condition.any_downstream_conditions(), dg.AutomationCondition()])
def test_conditions_that_say_nothing_about_it_look_anywhere(condition: dg.AutomationCondition) -> None:
    assert watched(*parts(line(condition))) is None


def test_a_change_reaches_what_is_below_and_what_looks_anywhere() -> None:
    far = Condition.asset_matches("apart", Condition.missing())
    world = AssetWorld(asset("a", Condition.missing()), asset("b", Condition.missing(), deps=["a"]), asset("c", far))
    view, conditions = parts(world)
    assert names(reached(view, conditions, [dg.AssetKey("b")])) == {"b", "c"}
    assert names(reached(view, conditions, [dg.AssetKey("a")])) == {"a", "b", "c"}


def test_evaluating_only_what_was_reached_finds_the_same_as_evaluating_everything() -> None:
    def defined() -> AssetWorld:
        return AssetWorld(
            *(asset(name, Condition.eager(), deps=above) for name, above in (("b", ["a"]), ("c", ["b"]), ("d", ["x"])))
        )

    whole, part = defined(), defined()
    for each in (whole, part):
        each.requested()
    for name in ("a", "x", "b", "a"):
        whole.made(name)
        part.made(name)
        view, conditions = parts(part)
        assert part.requested_of(reached(view, conditions, [dg.AssetKey(name)])) == whole.requested()


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (asset("it", Condition.missing()), None),
        (asset("it", Condition.on_cron("30 * * * *")), START + timedelta(minutes=30)),
        (
            asset("it", Condition.missing(), partitions_def=dg.DailyPartitionsDefinition("2026-01-01")),
            datetime(2026, 3, 5, tzinfo=timezone.utc),
        ),
        (asset("it", dg.AutomationCondition()), START + LOOK_INTERVAL),
        (
            asset("it", Condition.missing(), partitions_def=dg.DynamicPartitionsDefinition(name="some")),
            START + LOOK_INTERVAL,
        ),
    ],
)
def test_the_next_moment_at_which_time_alone_may_change_something(
    definition: dg.AssetsDefinition, expected: datetime | None
) -> None:
    view, conditions = parts(AssetWorld(definition))
    assert next_moment(view, conditions, START) == expected


def test_the_freshness_of_what_is_upstream_is_such_a_moment_too() -> None:
    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2))
    stale = Condition.any_deps_match(Condition.freshness_failed())
    world = AssetWorld(asset("above", freshness_policy=policy), asset("it", stale, deps=["above"]))
    world.made("above")
    view, conditions = parts(world)
    assert next_moment(view, conditions, world.now) == world.now + timedelta(hours=2, microseconds=1)
