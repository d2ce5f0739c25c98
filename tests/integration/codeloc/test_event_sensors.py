"""What is handed to sensors with the question: a run that has reached a state, the newest materializations."""

from __future__ import annotations

import pytest

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1.asset_key_pb2 import AssetKey
from headrace.api.types.v1.event_pb2 import AssetMaterialized, Event, RunStateChanged, StepFailed
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.metadata_pb2 import MetadataEntry, Tag
from headrace.api.types.v1.run_pb2 import RUN_STATE_FAILED, Run
from rig.location import LOADED, RunningLocation, StartLocation

CODE = """
    import headrace as dg

    @dg.op
    def work(): ...

    @dg.job
    def nightly(): work()

    @dg.run_failure_sensor(request_job=nightly)
    def on_failure(context):
        run, (failed,) = context.dagster_run, context.get_step_failure_events()
        context.log.info("%s %s %s", run.job_name, run.tags["team"], context.failure_event.message)
        return dg.RunRequest(run_key=run.run_id, tags={"step": failed.step_key, "why": failed.detail.failure.message})

    @dg.asset_sensor(asset_key="orders", job=nightly)
    def on_orders(context, event):
        rows = event.asset_materialization.metadata["rows"].value
        return dg.RunRequest(run_key=context.cursor, tags={"rows": str(rows), "partition": event.partition})

    @dg.multi_asset_sensor(monitored_assets=[dg.AssetKey("orders"), dg.AssetKey("stock")], job=nightly)
    def on_both(context):
        new = [key for key, record in context.latest_materialization_records_by_key().items() if record]
        context.advance_all_cursors()
        return dg.SkipReason(" ".join(key.to_user_string() for key in new))

    @dg.sensor(job=nightly)
    def tells(context):
        return dg.SensorResult(
            cursor="7",
            dynamic_partitions_requests=[
                dg.AddDynamicPartitionsRequest("files", ["a"]), dg.DeleteDynamicPartitionsRequest("files", ["b"])
            ],
            asset_events=[dg.AssetMaterialization("orders", partition="eu", metadata={"rows": 3})],
        )

    @dg.sensor(job=nightly)
    def nonsense(context):
        context.log.info("about to say it")
        return 5

    defs = dg.Definitions(jobs=[nightly], sensors=[on_failure, on_orders, on_both, tells, nonsense])
"""


@pytest.fixture
def location(start_location: StartLocation) -> RunningLocation:
    """A location with these sensors."""
    location = start_location(CODE)
    assert location.info().state == LOADED, location.info().failure
    return location


def ask(location: RunningLocation, name: str, **fields: object) -> pb.EvaluateSensorResponse:
    request = pb.EvaluateSensorRequest(sensor_name=name, **fields)  # type: ignore[arg-type]
    answer = location.code.EvaluateSensor(request)
    assert isinstance(answer, pb.EvaluateSensorResponse)
    return answer


def made(asset: str, seconds: int, rows: int = 1) -> pb.AssetRecord:
    event = Event(
        run_id="r",
        asset_materialized=AssetMaterialized(
            asset_key=AssetKey(path=[asset]), partition_key="eu", metadata=[MetadataEntry(name="rows", int_value=rows)]
        ),
    )
    event.event_time.FromSeconds(seconds)
    return pb.AssetRecord(event=event, mark=str(seconds))


def test_a_sensor_gets_the_run_that_failed_and_where(location: RunningLocation) -> None:
    run = Run(run_id="r1", job_name="nightly", state=RUN_STATE_FAILED, tags=[Tag(key="team", value="blue")])
    failure = Failure(type="KeyError", message="no such table")
    event = Event(
        run_id="r1",
        run_state_changed=RunStateChanged(state=RUN_STATE_FAILED, job_name="nightly", failure=failure),
    )
    step = Event(run_id="r1", step_key="work", step_failed=StepFailed(failure=failure))
    answer = ask(location, "on_failure", run=run, run_event=event, step_failures=[step])
    assert not answer.HasField("failure"), answer.failure
    (request,) = answer.run_requests
    assert (request.job_name, request.run_key) == ("nightly", "r1")
    assert {tag.key: tag.value for tag in request.tags} == {"step": "work", "why": "no such table"}
    assert answer.log_lines[0].startswith("INFO nightly blue")
    assert "no such table" in answer.log_lines[0]


def test_an_asset_sensor_gets_the_newest_materialization_once(location: RunningLocation) -> None:
    first = ask(location, "on_orders", asset_records=[made("orders", 100, rows=5)])
    (request,) = first.run_requests
    assert {tag.key: tag.value for tag in request.tags} == {"rows": "5", "partition": "eu"}
    again = ask(location, "on_orders", cursor=first.cursor, asset_records=[made("orders", 100, rows=5)])
    assert (list(again.run_requests), again.skip_message) == ([], "No new materialization of 'orders'.")
    assert ask(location, "on_orders", cursor=first.cursor, asset_records=[made("orders", 101)]).run_requests


def test_a_multi_asset_sensor_gets_what_is_new_of_each(location: RunningLocation) -> None:
    first = ask(location, "on_both", asset_records=[made("orders", 100), made("stock", 100)])
    assert first.skip_message == "orders stock"
    second = ask(location, "on_both", cursor=first.cursor, asset_records=[made("orders", 100), made("stock", 101)])
    assert second.skip_message == "stock"


def test_a_sensor_may_change_partitions_and_tell_of_assets(location: RunningLocation) -> None:
    answer = ask(location, "tells")
    changes = [
        (each.partitions_name, list(each.added_keys), list(each.deleted_keys)) for each in answer.partition_changes
    ]
    assert changes == [("files", ["a"], []), ("files", [], ["b"])]
    (event,) = answer.asset_events
    assert (event.run_id, event.asset_materialized.partition_key) == ("", "eu")
    assert answer.cursor == "7"


def test_nonsense_is_a_failure_that_says_what_is_wrong(location: RunningLocation) -> None:
    answer = ask(location, "nonsense")
    assert "nonsense" in answer.failure.message
    assert "5" in answer.failure.message
    assert "RunRequests or one SkipReason" in answer.failure.message
    assert list(answer.log_lines) == ["INFO about to say it"]
