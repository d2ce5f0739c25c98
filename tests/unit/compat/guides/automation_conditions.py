"""Declarative automation."""

import datetime

import dagster as dg


def test_eager():
    @dg.asset
    def up() -> None: ...

    @dg.asset(deps=[up], automation_condition=dg.AutomationCondition.eager())
    def down() -> None: ...

    defs = dg.Definitions(assets=[up, down])
    instance = dg.DagsterInstance.ephemeral()
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    assert first.total_requested == 0
    dg.materialize([up], instance=instance)
    second = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor)
    assert second.get_num_requested(dg.AssetKey("down")) == 1
    third = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=second.cursor)
    assert third.total_requested == 0


def test_on_cron():
    @dg.asset
    def up() -> None: ...

    @dg.asset(deps=[up], automation_condition=dg.AutomationCondition.on_cron("@hourly"))
    def down() -> None: ...

    defs = dg.Definitions(assets=[up, down])
    instance = dg.DagsterInstance.ephemeral()
    # Materializations happen now, so the ticks of the clock must be around now.
    now = datetime.datetime.now(datetime.timezone.utc)
    before = dg.evaluate_automation_conditions(
        defs=defs, instance=instance, evaluation_time=now - datetime.timedelta(hours=2)
    )
    assert before.total_requested == 0
    passed = dg.evaluate_automation_conditions(
        defs=defs, instance=instance, evaluation_time=now - datetime.timedelta(hours=1), cursor=before.cursor
    )
    assert passed.total_requested == 0
    dg.materialize([up], instance=instance)
    after = dg.evaluate_automation_conditions(
        defs=defs, instance=instance, evaluation_time=now + datetime.timedelta(seconds=1), cursor=passed.cursor
    )
    assert after.total_requested == 1


def test_on_missing():
    @dg.asset
    def up() -> None: ...

    @dg.asset(deps=[up], automation_condition=dg.AutomationCondition.on_missing())
    def down() -> None: ...

    defs = dg.Definitions(assets=[up, down])
    instance = dg.DagsterInstance.ephemeral()
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    assert first.total_requested == 0

    @dg.asset(deps=[up], automation_condition=dg.AutomationCondition.on_missing())
    def appeared() -> None: ...

    dg.materialize([up], instance=instance)
    added = dg.Definitions(assets=[up, down, appeared])
    assert dg.evaluate_automation_conditions(defs=added, instance=instance, cursor=first.cursor).total_requested >= 0


def test_conditions_are_combined():
    daily_success = dg.AutomationCondition.newly_updated().since(dg.AutomationCondition.on_cron("*/5 * * * *"))
    condition = dg.AutomationCondition.on_cron("*/5 * * * *") | (
        dg.AutomationCondition.any_deps_updated()
        & daily_success
        & ~dg.AutomationCondition.any_deps_missing()
        & ~dg.AutomationCondition.any_deps_in_progress()
    )

    @dg.asset(automation_condition=condition.with_label("mixed"))
    def mixed() -> None: ...

    assert mixed.automation_conditions_by_key[mixed.key] == condition.with_label("mixed")
    assert (
        dg.evaluate_automation_conditions(
            defs=dg.Definitions(assets=[mixed]), instance=dg.DagsterInstance.ephemeral()
        ).total_requested
        == 0
    )


def test_parts_are_replaced():
    eager = dg.AutomationCondition.eager()
    nine = "0 9 * * *"
    for changed in (
        eager.without(~dg.AutomationCondition.any_deps_missing()),
        eager.ignore(dg.AssetSelection.assets("up")),
        eager.allow(dg.AssetSelection.groups("abc")),
        eager.without(dg.AutomationCondition.in_latest_time_window()),
    ):
        assert changed != eager
    by_tags = dg.AutomationCondition.any_new_update_has_run_tags(
        tag_values={"dagster/from_automation_condition": "true"}
    )
    for other in (dg.AutomationCondition.data_version_changed(), dg.AutomationCondition.newly_updated() & by_tags):
        assert isinstance(eager.replace("newly_updated", other), dg.AutomationCondition)
    on_cron = dg.AutomationCondition.on_cron(nine)
    changed = on_cron.replace(
        old=dg.AutomationCondition.all_deps_updated_since_cron(nine),
        new=dg.AutomationCondition.all_deps_updated_since_cron("0 0 * * *"),
    )
    assert changed != on_cron
    assert dg.AutomationCondition.all_deps_blocking_checks_passed() & on_cron
    window = dg.AutomationCondition.in_latest_time_window(lookback_delta=datetime.timedelta(days=7))
    assert eager.replace(dg.AutomationCondition.in_latest_time_window(), window) != eager


def test_sensors_for_conditions():
    @dg.asset(group_name="team_a", automation_condition=dg.AutomationCondition.eager())
    def a() -> None: ...

    @dg.asset(group_name="team_b", automation_condition=dg.AutomationCondition.eager())
    def b() -> None: ...

    sensors = [
        dg.AutomationConditionSensorDefinition("team_a_sensor", target=dg.AssetSelection.groups("team_a")),
        dg.AutomationConditionSensorDefinition(
            "team_b_sensor",
            target=dg.AssetSelection.groups("team_b"),
            default_status=dg.DefaultSensorStatus.RUNNING,
            run_tags={"team": "b"},
            minimum_interval_seconds=60,
        ),
    ]
    defs = dg.Definitions(assets=[a, b], sensors=sensors)
    dg.Definitions.validate_loadable(defs)
    assert defs.resolve_sensor_def("team_b_sensor").run_tags == {"team": "b"}


def test_partitions():
    daily = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-10")

    @dg.asset(partitions_def=daily)
    def up() -> None: ...

    @dg.asset(partitions_def=daily, deps=[up], automation_condition=dg.AutomationCondition.eager())
    def down() -> None: ...

    defs = dg.Definitions(assets=[up, down])
    instance = dg.DagsterInstance.ephemeral()
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    dg.materialize([up], partition_key="2024-01-09", instance=instance)
    second = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor)
    assert second.get_requested_partitions(dg.AssetKey("down")) == {"2024-01-09"}


def test_checks():
    @dg.asset
    def up() -> None: ...

    @dg.asset_check(asset=up, automation_condition=dg.AutomationCondition.eager())
    def checked() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    defs = dg.Definitions(assets=[up], asset_checks=[checked])
    instance = dg.DagsterInstance.ephemeral()
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    dg.materialize([up], instance=instance)
    second = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor)
    assert second.total_requested == 1


def test_conditions_in_python():
    class IsOpen(dg.AutomationCondition):
        def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
            subset = context.candidate_subset
            return dg.AutomationResult(true_subset=subset, context=context)

    @dg.asset(automation_condition=IsOpen() & dg.AutomationCondition.missing())
    def custom() -> None: ...

    sensor = dg.AutomationConditionSensorDefinition("custom_sensor", target="*", use_user_code_server=True)
    defs = dg.Definitions(assets=[custom], sensors=[sensor])
    result = dg.evaluate_automation_conditions(defs=defs, instance=dg.DagsterInstance.ephemeral())
    assert result.total_requested == 1
