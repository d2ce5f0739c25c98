"""Automation conditions and freshness policies, as declared."""

from __future__ import annotations

from datetime import timedelta

import pytest

import headrace as dg

Condition = dg.AutomationCondition


def test_conditions_are_joined_without_nesting() -> None:
    one, two, three = Condition.missing(), Condition.newly_updated(), Condition.execution_failed()
    assert (one & two & three).children == [one, two, three]
    assert ((one | two) & three).children == [one | two, three]
    labelled = (one & two).with_label("both")
    assert (labelled & three).children == [labelled, three]
    assert (~one).children == [one] and (~one).name == "not"


def test_the_whole_conditions_have_labels() -> None:
    assert Condition.eager().get_label() == "eager"
    assert Condition.on_cron("@daily", "Europe/Berlin").get_label() == "on_cron(@daily, Europe/Berlin)"
    assert Condition.on_missing().get_label() == "on_missing"
    assert all(
        each.is_serializable for each in (Condition.eager(), Condition.on_cron("@hourly"), Condition.on_missing())
    )


def test_a_part_is_left_out_or_replaced() -> None:
    eager = Condition.eager()
    allowing = eager.without(~Condition.any_deps_missing()).with_label("eager_allow_missing")
    assert len(allowing.children) == len(eager.children) - 1
    latest = Condition.in_latest_time_window()
    weekly = Condition.in_latest_time_window(timedelta(days=7))
    assert eager.replace(latest, weekly).children[0] == weekly
    renamed = eager.replace("any_deps_updated", Condition.execution_failed())
    assert Condition.any_deps_updated() not in _all(renamed) and Condition.execution_failed() in _all(renamed)
    with pytest.raises(dg.InvariantViolationError, match="has no part"):
        eager.without(Condition.execution_failed())
    with pytest.raises(dg.InvariantViolationError, match="joined by &"):
        latest.without(latest)


def _all(condition: dg.AutomationCondition) -> list[dg.AutomationCondition]:
    return [condition, *(each for child in condition.children for each in _all(child))]


def test_selections_narrow_what_is_around() -> None:
    narrowed = Condition.eager().ignore(dg.AssetSelection.groups("slow"))
    around = [each for each in _all(narrowed) if each.name == "any_deps_match"]
    assert around and all(each.ignore_selection is not None for each in around)
    assert narrowed.children[0].ignore_selection is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(dg.InvalidCronError):
        Condition.on_cron("no cron")
    with pytest.raises(dg.InvalidCronError):
        Condition.cron_tick_passed("@daily", "Nowhere/Land")
    with pytest.raises(dg.InvalidDefinitionError, match="tag_keys"):
        Condition.executed_with_tags()
    with pytest.raises(dg.InvalidDefinitionError, match="automation_condition"):
        dg.AssetSpec("a", automation_condition="eager")  # type: ignore[arg-type]


def test_assets_and_checks_carry_them() -> None:
    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2), warn_window=timedelta(hours=1))

    @dg.asset(automation_condition=Condition.eager(), freshness_policy=policy)
    def orders() -> None: ...

    @dg.asset_check(asset=orders, automation_condition=Condition.on_cron("@daily"))
    def fine(): ...

    spec = orders.get_asset_spec()
    assert (spec.automation_condition, spec.freshness_policy) == (Condition.eager(), policy)
    assert fine.check_specs[0].automation_condition == Condition.on_cron("@daily")
    moved = spec.replace_attributes(group_name="g")
    assert (moved.automation_condition, moved.freshness_policy) == (Condition.eager(), policy)


def test_a_freshness_policy_is_given_to_many_assets() -> None:
    deadline = dg.FreshnessPolicy.cron(deadline_cron="0 9 * * *", lower_bound_delta=timedelta(hours=1))
    other = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2))
    specs = dg.map_asset_specs(
        lambda spec: dg.apply_freshness_policy(spec, deadline, overwrite_existing=False),
        [dg.AssetSpec("a"), dg.AssetSpec("b", freshness_policy=other)],
    )
    assert [spec.freshness_policy for spec in specs] == [deadline, other]


def test_a_freshness_policy_makes_sense() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="60 seconds"):
        dg.FreshnessPolicy.time_window(fail_window=timedelta(seconds=1))
    with pytest.raises(dg.InvalidDefinitionError, match="shorter"):
        dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=1), warn_window=timedelta(hours=1))
    with pytest.raises(dg.InvalidCronError):
        dg.FreshnessPolicy.cron(deadline_cron="no", lower_bound_delta=timedelta(hours=1))


def test_a_sensor_stands_for_the_conditions_of_a_selection() -> None:
    sensor = dg.AutomationConditionSensorDefinition(
        "by_itself", target=dg.AssetSelection.groups("g"), run_tags={"a": "1"}
    )
    assert (sensor.name, sensor.run_tags, sensor.minimum_interval_seconds) == ("by_itself", {"a": "1"}, 30)


def test_the_assets_of_definitions_are_changed_at_once() -> None:
    @dg.asset(group_name="g")
    def orders() -> None: ...

    @dg.asset
    def totals(orders) -> None: ...

    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2))
    defs = dg.Definitions(assets=[orders, totals, dg.AssetSpec("outside", group_name="g")])
    changed = defs.map_asset_specs(func=lambda spec: dg.apply_freshness_policy(spec, policy), selection="group:g")
    policies = {spec.key.to_user_string(): spec.freshness_policy for spec in changed.resolve_all_asset_specs()}
    assert policies == {"orders": policy, "totals": None, "outside": policy}
    assert all(spec.freshness_policy is None for spec in defs.resolve_all_asset_specs())
