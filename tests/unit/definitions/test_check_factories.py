"""Checks that are made of parameters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import headrace as dg
from headrace.definitions.checks.factories import freshness, freshness_sensor


@pytest.fixture
def instance() -> Iterator[dg.Instance]:
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> float:
    """It is noon on 3 January 2024, in UTC."""
    moment = 1704283200.0
    monkeypatch.setattr(time, "time", lambda: moment)
    return moment


@dg.asset
def orders(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    rows = context.get_tag("rows")
    return dg.MaterializeResult(metadata={} if rows is None else {"rows": int(rows)})


def verdict(checks: Any, instance: dg.Instance, assets: Any = ()) -> dg.AssetCheckEvaluation:
    job = dg.define_asset_job("look", dg.AssetSelection.all_asset_checks())
    definitions = dg.Definitions(assets=assets, asset_checks=checks, jobs=[job])
    (found,) = definitions.resolve_job_def("look").execute_in_process(instance=instance).get_asset_check_evaluations()
    return found


@pytest.mark.parametrize(
    ("rows", "bounds", "passed", "description"),
    [
        ("5", {"min_value": 1, "max_value": 5}, True, "Value `5` is within range"),
        ("5", {"min_value": 6}, False, "Value `5` is less than 6"),
        ("5", {"max_value": 5, "exclusive_max": True}, False, "Value `5` is greater than or equal to 5"),
        (None, {"min_value": 6}, False, "Metadata key `rows` not found"),
    ],
)
def test_a_number_in_metadata_stays_within_bounds(
    rows: str | None, bounds: dict[str, Any], passed: bool, description: str, instance: dg.Instance
) -> None:
    checks = dg.build_metadata_bounds_checks(assets=[orders], metadata_key="rows", **bounds)
    assert verdict(checks, instance).description == "Asset has not been materialized"
    dg.materialize([orders], instance=instance, tags={} if rows is None else {"rows": rows})
    found = verdict(checks, instance)
    assert (found.passed, found.description, found.severity) == (passed, description, dg.AssetCheckSeverity.WARN)


def test_bounds_that_nothing_can_be_within_are_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="`min_value` may not be greater than `max_value`"):
        dg.build_metadata_bounds_checks(assets=["a"], metadata_key="rows", min_value=2, max_value=1)
    with pytest.raises(dg.InvalidDefinitionError, match="At least one of"):
        dg.build_metadata_bounds_checks(assets=["a"], metadata_key="rows")
    with pytest.raises(dg.InvalidDefinitionError, match="Found duplicate assets"):
        dg.build_metadata_bounds_checks(assets=[orders, "orders"], metadata_key="rows", min_value=2)


def test_columns_that_come_go_and_change_are_told(instance: dg.Instance) -> None:
    checks = dg.build_column_schema_change_checks(assets=["table"])
    assert verdict(checks, instance).description == "The asset has been materialized fewer than 2 times"
    for columns in ({"a": "int", "b": "str"}, {"a": "float", "c": "str"}):
        schema = dg.TableSchema([dg.TableColumn(name, kind) for name, kind in columns.items()])
        instance.report_runless_asset_event(
            dg.AssetMaterialization("table", metadata={"headrace/column_schema": schema})
        )
    found = verdict(checks, instance)
    assert not found.passed
    assert found.description is not None
    assert found.description.splitlines()[1:] == [
        "Added columns: c",
        "Removed columns: b",
        "Column type changes:",
        "  a: int -> float",
    ]


def test_an_asset_is_fresh_that_was_updated_lately(instance: dg.Instance, noon: float) -> None:
    checks = dg.build_last_update_freshness_checks(assets=["a"], lower_bound_delta=timedelta(hours=1))
    never = verdict(checks, instance)
    assert not never.passed and "never been observed/materialized" in str(never.description)
    told = dg.MetadataValue.timestamp(noon - 1800)
    instance.report_runless_asset_event(dg.AssetObservation("a", metadata={freshness.LAST_UPDATED: told}))
    instance.report_runless_asset_event(dg.AssetObservation("a"))
    found = verdict(checks, instance)
    assert found.passed
    assert found.metadata[freshness.FRESH_UNTIL].value == noon + 1800
    assert found.metadata[freshness.LOWER_BOUND].value == noon - 3600


def test_an_asset_is_fresh_that_was_updated_before_the_last_deadline(instance: dg.Instance, noon: float) -> None:
    checks = dg.build_last_update_freshness_checks(
        assets=["a"], lower_bound_delta=timedelta(minutes=10), deadline_cron="0 9 * * *"
    )
    nine = noon - 3 * 3600
    for updated, passed in ((nine - 601, False), (nine - 600, True), (noon, True)):
        told = {freshness.LAST_UPDATED: dg.MetadataValue.timestamp(updated)}
        instance.report_runless_asset_event(dg.AssetMaterialization("a", metadata=told))
        found = verdict(checks, instance)
        assert found.passed is passed
        assert found.metadata[freshness.LATEST_TICK].value == nine
    assert found.metadata[freshness.FRESH_UNTIL].value == nine + 24 * 3600


def test_the_partition_that_was_complete_at_the_deadline_must_have_arrived(instance: dg.Instance, noon: float) -> None:
    @dg.asset(partitions_def=dg.DailyPartitionsDefinition("2023-12-01"))
    def daily() -> None: ...

    checks = dg.build_time_partition_freshness_checks(assets=[daily], deadline_cron="0 9 * * *")
    instance.report_runless_asset_event(dg.AssetMaterialization("daily", partition="2024-01-01"))
    found = verdict(checks, instance, [daily])
    assert not found.passed and "Partition 2024-01-02 is expected" in str(found.description)
    instance.report_runless_asset_event(dg.AssetMaterialization("daily", partition="2024-01-02"))
    assert verdict(checks, instance, [daily]).passed

    @dg.asset
    def whole() -> None: ...

    with pytest.raises(dg.InvariantViolationError, match="are not a TimeWindowPartitionsDefinition"):
        verdict(dg.build_time_partition_freshness_checks(assets=[whole], deadline_cron="0 9 * * *"), instance, [whole])


def test_deadlines_that_are_none_are_refused() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match=r"Invalid cron string\."):
        dg.build_time_partition_freshness_checks(assets=["a"], deadline_cron="whenever")


def test_the_sensor_asks_for_checks_whose_verdicts_may_have_changed(instance: dg.Instance, noon: float) -> None:
    checks = dg.build_last_update_freshness_checks(
        assets=["fresh", "new", "old", "stale", "updated"], lower_bound_delta=timedelta(hours=1)
    )

    def judged(asset: str, passed: bool, **metadata: Any) -> None:
        told = {f"headrace/{name}": dg.MetadataValue.timestamp(value) for name, value in metadata.items()}
        evaluation = dg.AssetCheckEvaluation(dg.AssetKey(asset), freshness.CHECK_NAME, passed, metadata=told)
        instance.report_runless_asset_event(evaluation)

    judged("fresh", True, fresh_until_timestamp=noon + 1)
    judged("old", True, fresh_until_timestamp=noon - 1)
    judged("stale", False)
    judged("updated", False)
    instance.report_runless_asset_event(dg.AssetMaterialization("updated"))
    sensor = dg.build_sensor_for_freshness_checks(freshness_checks=checks, tags={"why": "freshness"})
    context = dg.build_sensor_context(instance=instance, cursor=f"new:{freshness.CHECK_NAME}")
    request = sensor(context)
    assert isinstance(request, dg.RunRequest)
    assert [key.asset_key.to_user_string() for key in request.asset_check_keys or ()] == ["old", "updated", "new"]
    assert (request.tags, context.cursor) == ({"why": "freshness"}, None)


def test_the_sensor_goes_on_where_it_ran_out_of_time(instance: dg.Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = dg.build_last_update_freshness_checks(assets=["a", "b"], lower_bound_delta=timedelta(hours=1))
    moments = iter([0.0, 0.0, freshness_sensor.MAX_SECONDS + 1])
    monkeypatch.setattr(freshness_sensor.time, "monotonic", lambda: next(moments))
    context = dg.build_sensor_context(instance=instance)
    request = dg.build_sensor_for_freshness_checks(freshness_checks=checks)(context)
    assert [key.asset_key.to_user_string() for key in request.asset_check_keys] == ["a"]
    assert context.cursor == f"a:{freshness.CHECK_NAME}"
