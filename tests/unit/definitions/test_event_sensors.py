"""Sensors that are asked about runs and about materializations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import headrace as dg


@dg.op
def fails_or_not(context) -> None:
    if context.has_tag("fail"):
        raise ValueError("boom")


@dg.job
def work():
    fails_or_not()


@dg.job
def report(): ...


def build(result: Any, event: Any, **options: Any) -> dg.RunStatusSensorContext:
    return dg.build_run_status_sensor_context("s", event, None, result.dagster_run, **options)


def test_a_run_status_sensor_is_called_with_a_run() -> None:
    @dg.run_status_sensor(run_status="SUCCESS", request_job=report, monitored_jobs=[work])
    def on_success(context: dg.RunStatusSensorContext):
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    result = work.execute_in_process()
    context = build(result, result.get_run_success_event())
    assert on_success(context).run_key == result.run_id
    assert on_success.watches("work") and not on_success.watches("other")
    [request] = on_success.evaluate_run(context).run_requests
    assert (request.run_key, request.job_name) == (result.run_id, "report")


def test_a_run_failure_sensor_is_told_what_went_wrong() -> None:
    told: list[str] = []

    @dg.run_failure_sensor
    def on_failure(context: dg.RunFailureSensorContext):
        told.append(context.failure_event.message)

    @dg.run_failure_sensor(name="renamed", monitored_jobs=["work"])
    def other(context, mail: dg.ResourceParam[list]):
        mail.append(context.dagster_run.job_name)

    result = work.execute_in_process(tags={"fail": "1"}, raise_on_error=False)
    context = build(result, result.get_run_failure_event())
    on_failure(context.for_run_failure())
    on_failure.evaluate_run(context)
    assert len(told) == 2 and all("boom" in each for each in told)
    sent: list[str] = []
    other(build(result, result.get_run_failure_event(), resources={"mail": sent}).for_run_failure())
    assert (other.name, other.run_state, sent) == ("renamed", "failed", ["work"])
    with pytest.raises(dg.InvariantViolationError):
        result.get_run_success_event()


def test_states_and_jobs_are_checked() -> None:
    with pytest.raises(dg.InvalidDefinitionError, match="no state of a run"):

        @dg.run_status_sensor(run_status="HAPPY")
        def happy(context): ...

    with pytest.raises(dg.InvalidDefinitionError, match="monitor_all_code_locations"):

        @dg.run_status_sensor("succeeded", monitored_jobs=[work], monitor_all_code_locations=True)
        def both(context): ...


DAYS = dg.DailyPartitionsDefinition("2024-05-01")


@dg.asset
def orders(): ...


@dg.asset
def stock(): ...


@dg.asset(partitions_def=DAYS)
def daily_orders(): ...


@dg.asset(partitions_def=DAYS, deps=[daily_orders])
def daily_report(): ...


DEFS = dg.Definitions(assets=[orders, stock, daily_orders, daily_report])


@pytest.fixture
def instance() -> Iterator[dg.Instance]:
    with dg.Instance.ephemeral() as instance:
        yield instance


def make(instance: dg.Instance, *days: str) -> None:
    for day in days:
        dg.materialize([daily_orders], partition_key=f"2024-05-{day}", instance=instance)


def watching(instance: dg.Instance, *keys: str, **options: object) -> dg.MultiAssetSensorEvaluationContext:
    return dg.build_multi_asset_sensor_context(
        monitored_assets=[dg.AssetKey(key) for key in keys], instance=instance, definitions=DEFS, **options
    )


def test_an_asset_sensor_is_asked_once_about_each_materialization(instance: dg.Instance) -> None:
    cursors: list[str | None] = []

    @dg.asset_sensor(asset_key=dg.AssetKey("orders"), job=report)
    def on_orders(context, asset_event):
        cursors.append(context.cursor)
        return dg.RunRequest(run_key=asset_event.run_id)

    context = dg.build_sensor_context(instance=instance)
    assert "No new" in str(on_orders.evaluate_tick(context).skip_message)
    made = dg.materialize([orders], instance=instance)
    tick = on_orders.evaluate_tick(context)
    assert [each.run_key for each in tick.run_requests] == [made.run_id]
    again = on_orders.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=tick.cursor))
    assert not again.run_requests
    assert cursors == [None], "the function sees what was remembered before"
    with pytest.raises(dg.InvalidInvocationError, match="asset_event"):
        on_orders()


def test_an_asset_sensor_called_with_a_context_looks_for_the_event_itself(instance: dg.Instance) -> None:
    @dg.asset_sensor(asset_key=dg.AssetKey("orders"), job=report)
    def on_orders(context, asset_event):
        yield dg.RunRequest(run_key=asset_event.run_id)

    context = dg.build_sensor_context(instance=instance)
    assert isinstance(next(on_orders(context)), dg.SkipReason)
    made = dg.materialize([orders], instance=instance)
    assert [each.run_key for each in on_orders(context)] == [made.run_id]
    assert isinstance(next(on_orders(context)), dg.SkipReason)


def test_the_cursor_of_an_asset_sensor_is_not_its_functions_to_set(instance: dg.Instance) -> None:
    @dg.asset_sensor(asset_key="orders", job=report)
    def on_orders(context, event):
        return dg.SensorResult(cursor="mine")

    dg.materialize([orders], instance=instance)
    with pytest.raises(dg.InvariantViolationError, match="managed by the asset sensor"):
        on_orders.evaluate_tick(dg.build_sensor_context(instance=instance))


def test_a_multi_asset_sensor_waits_for_all_of_its_assets(instance: dg.Instance) -> None:
    @dg.multi_asset_sensor(monitored_assets=[dg.AssetKey("orders"), dg.AssetKey("stock")], job=report)
    def on_both(context: dg.MultiAssetSensorEvaluationContext):
        records = context.latest_materialization_records_by_key()
        if all(records.values()):
            context.advance_all_cursors()
            return dg.RunRequest()
        return dg.SkipReason("not yet")

    dg.materialize([orders], instance=instance)
    assert isinstance(on_both(watching(instance, "orders", "stock")), dg.SkipReason)
    dg.materialize([stock], instance=instance)
    tick = on_both.evaluate_tick(dg.build_sensor_context(instance=instance))
    assert len(tick.run_requests) == 1
    again = on_both.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=tick.cursor))
    assert not again.run_requests
    seen = watching(instance, "orders", cursor_from_latest_materializations=True)
    assert seen.latest_materialization_records_by_key() == {dg.AssetKey("orders"): None}


def test_a_selection_of_assets_is_known_when_all_definitions_are() -> None:
    @dg.multi_asset_sensor(monitored_assets=dg.AssetSelection.assets("daily_report").upstream(), job=report)
    def on_all(context): ...

    assert list(on_all.watched_keys) == []
    defs = dg.Definitions(assets=[daily_orders, daily_report], sensors=[on_all])
    assert list(defs.resolve_sensor("on_all").watched_keys) == [daily_orders.key, daily_report.key]


def test_partitions_that_are_left_out_come_again_until_they_are_consumed(instance: dg.Instance) -> None:
    key = daily_orders.key
    make(instance, "01", "02", "03", "02")
    context = watching(instance, "daily_orders")
    new = context.latest_materialization_records_by_partition(key)
    assert list(new) == ["2024-05-01", "2024-05-03", "2024-05-02"]
    context.advance_cursor({key: new["2024-05-03"]})
    later = watching(instance, "daily_orders", cursor=context.cursor)
    assert list(later.latest_materialization_records_by_partition(key)) == ["2024-05-01", "2024-05-02"]
    assert later.get_cursor_partition(key) == "2024-05-03"
    for record in later.latest_materialization_records_by_partition(key).values():
        later.advance_cursor({key: record})
    done = watching(instance, "daily_orders", cursor=later.cursor)
    assert done.latest_materialization_records_by_partition(key) == {}
    assert not done.get_trailing_unconsumed_events(key)


def test_a_cursor_that_leaves_too_much_out_is_refused(instance: dg.Instance) -> None:
    make(instance, *(f"{number:02}" for number in range(1, 28)))
    context = watching(instance, "daily_orders")
    records = context.materialization_records_for_key(daily_orders.key)
    with pytest.raises(dg.InvariantViolationError, match="maximum number of trailing unconsumed events"):
        context.advance_cursor({daily_orders.key: records[-1]})
    context.advance_all_cursors()
    assert context.latest_materialization_records_by_key() == {daily_orders.key: None}


def test_a_multi_asset_sensor_finds_what_belongs_together(instance: dg.Instance) -> None:
    make(instance, "01", "02")
    dg.materialize([daily_report], partition_key="2024-05-02", instance=instance)
    context = watching(instance, "daily_orders", "daily_report")
    together = context.latest_materialization_records_by_partition_and_asset()
    assert {day: sorted(key.to_user_string() for key in found) for day, found in together.items()} == {
        "2024-05-01": ["daily_orders"],
        "2024-05-02": ["daily_orders", "daily_report"],
    }
    assert context.all_partitions_materialized(daily_orders.key, ["2024-05-01", "2024-05-02"])
    assert not context.all_partitions_materialized(daily_orders.key)
    below = context.get_downstream_partition_keys("2024-05-02", daily_orders.key, daily_report.key)
    assert list(below) == ["2024-05-02"]
    assert context.assets_defs_by_key[daily_report.key].key == daily_report.key


def test_definitions_take_all_kinds_of_sensors() -> None:
    @dg.asset_sensor("orders", job=report)
    def on_orders(context, event): ...

    @dg.run_failure_sensor
    def on_failure(context): ...

    defs = dg.Definitions(sensors=[on_orders, on_failure], jobs=[work])
    dg.Definitions.validate_loadable(defs)
    assert {each.kind.value for each in defs.resolve_sensors()} == {"asset", "run_state"}
