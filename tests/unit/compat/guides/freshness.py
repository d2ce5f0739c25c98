"""Freshness: policies and checks."""

from datetime import timedelta

import dagster as dg


@dg.asset(
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=24), warn_window=timedelta(hours=12))
)
def hourly() -> None: ...


@dg.asset(
    freshness_policy=dg.FreshnessPolicy.cron(
        deadline_cron="0 9 * * *", lower_bound_delta=timedelta(hours=1), timezone="America/Los_Angeles"
    )
)
def by_nine() -> None: ...


def test_policies_are_part_of_the_asset():
    window = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=24), warn_window=timedelta(hours=12))
    assert hourly.specs_by_key[hourly.key].freshness_policy == window
    assert by_nine.specs_by_key[by_nine.key].freshness_policy.deadline_cron == "0 9 * * *"


def test_policies_are_applied_to_many():
    @dg.asset
    def plain() -> None: ...

    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=3))
    defs = dg.Definitions(assets=[plain, hourly]).map_asset_specs(
        func=lambda spec: dg.apply_freshness_policy(spec, policy, overwrite_existing=False)
    )
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    assert specs[plain.key].freshness_policy == policy
    assert specs[hourly.key].freshness_policy != policy


def test_policies_are_applied_to_a_selection():
    @dg.asset
    def parent() -> None: ...

    @dg.asset(deps=[parent])
    def child() -> None: ...

    @dg.asset
    def other() -> None: ...

    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=24))
    defs = dg.Definitions(assets=[parent, child, other]).map_resolved_asset_specs(
        func=lambda spec: dg.apply_freshness_policy(spec, policy), selection='key:"parent"+'
    )
    found = {spec.key.to_user_string(): spec.freshness_policy for spec in defs.resolve_all_asset_specs()}
    assert found == {"parent": policy, "child": policy, "other": None}


def test_checks_of_the_last_update():
    checks = dg.build_last_update_freshness_checks(assets=[hourly], lower_bound_delta=timedelta(hours=2))
    sensor = dg.build_sensor_for_freshness_checks(freshness_checks=checks)
    defs = dg.Definitions(assets=[hourly], asset_checks=checks, sensors=[sensor])
    assert defs.resolve_sensor_def(sensor.name)
    instance = dg.DagsterInstance.ephemeral()
    assert dg.materialize([hourly], instance=instance).success
    job = dg.define_asset_job("check", dg.AssetSelection.checks_for_assets(hourly))
    result = (
        dg.Definitions(assets=[hourly], asset_checks=checks, jobs=[job])
        .resolve_job_def("check")
        .execute_in_process(instance=instance)
    )
    assert result.get_asset_check_evaluations()[0].passed


def test_checks_of_partitions_in_time():
    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"))
    def daily() -> None: ...

    checks = dg.build_time_partition_freshness_checks(assets=[daily], deadline_cron="0 9 * * *")
    assert [key.asset_key for check in checks for key in check.check_keys] == [daily.key]


def test_checks_of_schemas_and_bounds():
    @dg.asset
    def table() -> dg.MaterializeResult:
        schema = dg.TableSchema(columns=[dg.TableColumn("id", "int")])
        return dg.MaterializeResult(metadata={"dagster/column_schema": schema, "rows": 5})

    checks = [
        *dg.build_column_schema_change_checks(assets=[table]),
        *dg.build_metadata_bounds_checks(assets=[table], metadata_key="rows", min_value=1, max_value=3),
    ]
    instance = dg.DagsterInstance.ephemeral()
    for _ in range(2):
        result = dg.materialize([table, *checks], instance=instance)
    passed = {each.check_name: each.passed for each in result.get_asset_check_evaluations()}
    assert len(passed) == 2 and set(passed.values()) == {True, False}
