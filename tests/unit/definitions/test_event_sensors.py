"""Sensors that are asked about runs and about materializations."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass
class Record:
    storage_id: int
    run_id: str = "r"


class Recorded:
    """Knows of materializations."""

    def __init__(self) -> None:
        self.latest: dict[dg.AssetKey, Record] = {}

    def add(self, name: str, number: int) -> None:
        self.latest[dg.AssetKey(name)] = Record(number)

    def get_latest_materialization_event(self, key: dg.AssetKey) -> Record | None:
        return self.latest.get(key)


def test_an_asset_sensor_is_asked_once_about_each_materialization() -> None:
    @dg.asset_sensor(asset_key=dg.AssetKey("orders"), job=report)
    def on_orders(context, asset_event):
        return dg.RunRequest(run_key=str(asset_event.storage_id))

    recorded = Recorded()
    context = dg.build_sensor_context(instance=recorded)
    assert "No new" in str(on_orders.evaluate_tick(context).skip_message)
    recorded.add("orders", 7)
    tick = on_orders.evaluate_tick(context)
    assert [each.run_key for each in tick.run_requests] == ["7"] and tick.cursor == "7"
    again = on_orders.evaluate_tick(dg.build_sensor_context(instance=recorded, cursor=tick.cursor))
    assert not again.run_requests
    assert on_orders(dg.build_sensor_context(), Record(3)).run_key == "3"
    with pytest.raises(dg.InvalidInvocationError, match="asset_event"):
        on_orders(dg.build_sensor_context())


def test_a_multi_asset_sensor_waits_for_all_of_its_assets() -> None:
    @dg.multi_asset_sensor(monitored_assets=[dg.AssetKey("a"), dg.AssetKey("b")], job=report)
    def on_both(context: dg.MultiAssetSensorEvaluationContext):
        records = context.latest_materialization_records_by_key()
        if all(records.values()):
            context.advance_all_cursors()
            return dg.RunRequest()
        return dg.SkipReason("not yet")

    recorded = Recorded()
    recorded.add("a", 1)
    context = dg.build_multi_asset_sensor_context(
        monitored_assets=[dg.AssetKey("a"), dg.AssetKey("b")], instance=recorded
    )
    assert isinstance(on_both(context), dg.SkipReason)
    recorded.add("b", 2)
    tick = on_both.evaluate_tick(dg.build_sensor_context(instance=recorded))
    assert len(tick.run_requests) == 1
    again = on_both.evaluate_tick(dg.build_sensor_context(instance=recorded, cursor=tick.cursor))
    assert not again.run_requests
    seen = dg.build_multi_asset_sensor_context(
        monitored_assets=["a"], instance=recorded, cursor_from_latest_materializations=True
    )
    assert seen.latest_materialization_records_by_key() == {dg.AssetKey("a"): None}


def test_definitions_take_all_kinds_of_sensors() -> None:
    @dg.asset_sensor("orders", job=report)
    def on_orders(context, event): ...

    @dg.run_failure_sensor
    def on_failure(context): ...

    defs = dg.Definitions(sensors=[on_orders, on_failure], jobs=[work])
    dg.Definitions.validate_loadable(defs)
    assert {each.kind.value for each in defs.resolve_sensors()} == {"asset", "run_state"}
