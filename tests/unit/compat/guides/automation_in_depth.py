"""Declarative automation: operands, operators, moving from sensors."""

import datetime

import dagster as dg

C = dg.AutomationCondition


def evaluate(condition, runs: int = 1) -> list[int]:
    @dg.asset
    def up() -> None: ...

    @dg.asset(deps=[up], automation_condition=condition)
    def down() -> None: ...

    defs = dg.Definitions(assets=[up, down])
    instance = dg.DagsterInstance.ephemeral()
    cursor, requested = None, []
    for _ in range(runs):
        result = dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=cursor)
        cursor = result.cursor
        requested.append(result.total_requested)
        dg.materialize([up], instance=instance)
    return requested


def test_every_operand():
    operands = [
        C.missing(),
        C.in_progress(),
        C.execution_failed(),
        C.newly_updated(),
        C.newly_requested(),
        C.newly_missing(),
        C.code_version_changed(),
        C.data_version_changed(),
        C.cron_tick_passed("0 0 * * *"),
        C.in_latest_time_window(),
        C.will_be_requested(),
        C.initial_evaluation(),
        C.backfill_in_progress(),
        C.run_in_progress(),
        C.any_deps_updated(),
        C.any_deps_missing(),
        C.any_deps_in_progress(),
        C.all_deps_updated_since_cron("0 0 * * *"),
        C.all_deps_blocking_checks_passed(),
    ]
    assert [evaluate(operand)[0] for operand in operands[:1]] == [1]
    for operand in operands:
        assert evaluate(operand)[0] in (0, 1), operand


def test_every_operator():
    assert evaluate(C.missing() & ~C.in_progress()) == [1]
    assert evaluate(C.missing() | C.in_progress()) == [1]
    assert evaluate(C.missing().newly_true(), 2) == [1, 0]
    assert evaluate(C.missing().since(C.newly_updated()), 2) == [1, 1]
    assert evaluate(C.any_deps_match(C.newly_updated()), 2) == [0, 1]
    assert evaluate(C.all_deps_match(C.missing()), 2) == [1, 0]
    assert evaluate(C.asset_matches("up", C.missing()), 2) == [1, 0]


def test_all_deps_since_the_target():
    condition = (
        C.all_deps_match(C.newly_updated().since(C.asset_matches("down", C.newly_requested() | C.newly_updated())))
        & ~C.in_progress()
    )
    assert evaluate(condition, 3)[:2] == [0, 1]


def test_checks_as_gates():
    @dg.asset
    def daily_sales() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"row_count": 1500})

    @dg.asset_check(asset="daily_sales")
    def row_count_check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        event = context.instance.get_latest_materialization_event(dg.AssetKey("daily_sales"))
        rows = event.asset_materialization.metadata["row_count"].value
        return dg.AssetCheckResult(passed=rows > 1000, metadata={"row_count": rows})

    all_checks_passed = C.all_deps_match(C.all_checks_match(~C.check_failed() | C.will_be_requested()))

    @dg.asset(deps=["daily_sales"], automation_condition=C.eager() & all_checks_passed)
    def analytics() -> None: ...

    defs = dg.Definitions(assets=[daily_sales, analytics], asset_checks=[row_count_check])
    instance = dg.DagsterInstance.ephemeral()
    first = dg.evaluate_automation_conditions(defs=defs, instance=instance)
    made = dg.materialize([daily_sales, row_count_check], instance=instance)
    assert made.get_asset_check_evaluations()[0].passed
    assert dg.evaluate_automation_conditions(defs=defs, instance=instance, cursor=first.cursor).total_requested == 1


def test_time_aware_conditions():
    condition = (
        C.any_deps_match(
            C.newly_updated().since(C.cron_tick_passed("0 0 * * *")) & ~C.executed_with_root_target()
        ).newly_true()
        & ~C.in_progress()
        & C.in_latest_time_window(lookback_delta=datetime.timedelta(days=2))
    )
    assert evaluate(condition, 2)[0] == 0


def test_a_condition_of_ones_own():
    class IsHoliday(dg.AutomationCondition):
        def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
            if context.evaluation_time.year > 1999:
                true_subset = context.candidate_subset
            else:
                true_subset = context.get_empty_subset()
            return dg.AutomationResult(context=context, true_subset=true_subset)

    assert evaluate(C.missing() & IsHoliday()) == [1]
    assert evaluate(C.missing() & ~IsHoliday()) == [0]


def test_jobs_with_a_condition():
    @dg.asset
    def raw_data() -> None: ...

    @dg.asset(deps=[raw_data])
    def processed_data() -> None: ...

    job = dg.define_asset_job(
        "analytics_job",
        selection=[processed_data],
        automation_condition=dg.AutomationCondition.all_job_root_assets_match(dg.AutomationCondition.eager()),
    )
    dg.Definitions.validate_loadable(dg.Definitions(assets=[raw_data, processed_data], jobs=[job]))


def test_from_hourly_to_weekly_by_a_sensor():
    @dg.asset(partitions_def=dg.HourlyPartitionsDefinition("2024-01-01-00:00"))
    def hourly_asset() -> None: ...

    @dg.asset(deps=["hourly_asset"], partitions_def=dg.WeeklyPartitionsDefinition(start_date="2024-01-01"))
    def weekly_asset() -> None: ...

    weekly_job = dg.define_asset_job("weekly_job", selection=["weekly_asset"])

    @dg.multi_asset_sensor(monitored_assets=[hourly_asset.key], job=weekly_job)
    def hourly_to_weekly(context: dg.MultiAssetSensorEvaluationContext):
        for partition, record in context.latest_materialization_records_by_partition(hourly_asset.key).items():
            mapped = context.get_downstream_partition_keys(
                partition, from_asset_key=hourly_asset.key, to_asset_key=weekly_asset.key
            )
            for each in mapped:
                yield dg.RunRequest(partition_key=each)
            context.advance_cursor({hourly_asset.key: record})

    defs = dg.Definitions(assets=[hourly_asset, weekly_asset], jobs=[weekly_job], sensors=[hourly_to_weekly])
    with dg.instance_for_test() as instance:
        dg.materialize([hourly_asset], partition_key="2024-01-10-05:00", instance=instance)
        context = dg.build_multi_asset_sensor_context(
            monitored_assets=[hourly_asset.key], instance=instance, repository_def=defs.get_repository_def()
        )
        assert [request.partition_key for request in hourly_to_weekly(context)] == ["2024-01-07"]
