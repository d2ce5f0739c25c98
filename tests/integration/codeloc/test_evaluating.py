"""Schedules, sensors and plans: evaluated in processes of their own, and ended when they take too long."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.errors import HeadraceError
from headrace.rpc.status import from_rpc_error
from rig.location import LOADED, RunningLocation, StartLocation, answer_in_time

CODE = """
    import os, sys, time
    from pathlib import Path
    import headrace as dg

    HOME = Path(os.environ["HEADRACE_HOME"])

    @dg.op(config_schema={"rows": int})
    def load(context): ...

    @dg.op
    def save(): ...

    @dg.job
    def with_config(): load()

    @dg.job
    def plain(): save()

    @dg.op
    def one(): return 1

    @dg.job(resource_defs={"io_manager": dg.mem_io_manager})
    def forgetful(): one()

    @dg.asset
    def first(): return 1

    @dg.asset
    def second(first): return first

    calls = 0

    @dg.schedule(job=plain, cron_schedule="0 3 * * *", execution_timezone="Europe/Berlin")
    def nightly(context):
        global calls
        calls += 1
        context.log.info("looking at %s", context.scheduled_execution_time.isoformat())
        return dg.RunRequest(run_key=str(calls), tags={"pid": str(os.getpid())})

    @dg.schedule(job=plain, cron_schedule="* * * * *")
    def failing(context): raise ValueError("cannot decide")

    @dg.schedule(job=plain, cron_schedule="* * * * *")
    def crashing(context): os._exit(9)

    @dg.schedule(job=plain, cron_schedule="* * * * *")
    def leaving(context): sys.exit(4)

    @dg.schedule(job=plain, cron_schedule="* * * * *")
    def hanging(context): time.sleep(600)

    @dg.schedule(job=plain, cron_schedule="* * * * *")
    def sociable(context):
        (HOME / f"here-{os.getpid()}").touch()
        while len(list(HOME.glob("here-*"))) < 4:
            time.sleep(0.01)
        return dg.SkipReason("met the others")

    @dg.sensor(job=plain, minimum_interval_seconds=5)
    def counting(context):
        seen = int(context.cursor or 0)
        context.update_cursor(str(seen + 1))
        if seen < 2:
            yield dg.RunRequest(run_key=f"n{seen}", run_config={"ops": {}})
        else:
            yield dg.SkipReason("enough")

    @dg.sensor(job=plain)
    def talkative(context):
        for number in range(500):
            context.log.info("line %d", number)
        return dg.SkipReason("said all")

    defs = dg.Definitions(
        assets=[first, second], jobs=[with_config, plain, forgetful],
        schedules=[nightly, failing, crashing, leaving, hanging, sociable], sensors=[counting, talkative],
    )
"""


@pytest.fixture(scope="module", params=["fork", "pool"])
def start_method(request: pytest.FixtureRequest) -> str:
    """How processes are started."""
    return str(request.param)


@pytest.fixture
def location(start_location: StartLocation, start_method: str) -> RunningLocation:
    """A location with all of these."""
    location = start_location(CODE, "--start-method", start_method)
    assert location.info().state == LOADED, location.info().failure
    return location


def evaluate(location: RunningLocation, name: str, timeout: float = 20.0) -> pb.EvaluateScheduleResponse:
    due = Timestamp()
    due.FromDatetime(datetime(2024, 7, 1, 1, 0, tzinfo=timezone.utc))
    request = pb.EvaluateScheduleRequest(schedule_name=name, due_time=due)
    return location.code.EvaluateSchedule(request, timeout=timeout)


def refused(call: Callable[[], Any]) -> HeadraceError:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return from_rpc_error(caught.value)


def test_a_schedule_decides_in_its_own_time_zone_and_logs(location: RunningLocation) -> None:
    answer = evaluate(location, "nightly")
    [request] = answer.run_requests
    assert (request.job_name, request.run_key) == ("plain", "1")
    assert answer.log_lines == ["INFO looking at 2024-07-01T03:00:00+02:00"]


def test_evaluations_do_not_happen_in_the_process_that_serves(location: RunningLocation) -> None:
    [request] = evaluate(location, "nightly").run_requests
    pids = {tag.value for tag in request.tags if tag.key == "pid"}
    assert pids.isdisjoint({str(location.process.pid)})


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("failing", "ValueError", "cannot decide"),
        ("leaving", "SystemExit", "4"),
        ("crashing", "EvaluationCrashed", "code"),
    ],
)
def test_failing_user_code_is_data(location: RunningLocation, name: str, kind: str, words: str) -> None:
    answer = evaluate(location, name)
    assert answer.failure.type == kind
    assert words in answer.failure.message
    assert answer.failure.file in ("", str(location.file))
    assert (answer.failure.line > 0) == (kind != "EvaluationCrashed")
    assert evaluate(location, "nightly").run_requests, "the location goes on"


@pytest.mark.proves("P12", fault="F16", of="location")
def test_an_evaluation_is_ended_at_its_deadline_and_says_where_it_was(location: RunningLocation) -> None:
    answer = answer_in_time(lambda: evaluate(location, "hanging", timeout=2.0))
    assert answer.failure.type == "EvaluationTimeout"
    assert "in hanging" in answer.failure.stack_trace
    assert evaluate(location, "nightly").run_requests, "the location goes on"


def test_evaluations_run_beside_each_other(location: RunningLocation) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: evaluate(location, "sociable", timeout=60), range(4)))
    assert [answer.skip_message for answer in answers] == ["met the others"] * 4


def test_a_sensor_goes_on_from_its_cursor(location: RunningLocation) -> None:
    request = pb.EvaluateSensorRequest(sensor_name="counting")
    first = location.code.EvaluateSensor(request)
    assert ([each.run_key for each in first.run_requests], first.cursor) == (["n0"], "1")
    assert json.loads(first.run_requests[0].run_config.text) == {"ops": {}}
    third = location.code.EvaluateSensor(pb.EvaluateSensorRequest(sensor_name="counting", cursor="2"))
    assert (list(third.run_requests), third.skip_message, third.cursor) == ([], "enough", "3")


def test_of_many_log_lines_the_first_are_kept(location: RunningLocation) -> None:
    lines = location.code.EvaluateSensor(pb.EvaluateSensorRequest(sensor_name="talkative")).log_lines
    assert len(lines) == 200
    assert (lines[0], lines[-1]) == ("INFO line 0", "… 301 more lines")


def test_unknown_names_are_refused(location: RunningLocation) -> None:
    for call in (
        lambda: evaluate(location, "nightl"),
        lambda: location.code.EvaluateSensor(pb.EvaluateSensorRequest(sensor_name="none")),
        lambda: location.code.PlanRun(pb.PlanRunRequest(job_name="none")),
        lambda: location.code.PlanRun(pb.PlanRunRequest(job_name="plain", op_selection=["none"])),
    ):
        error = refused(call)
        assert (error.code, error.reason) == ("NOT_FOUND", "TARGET_NOT_FOUND")


def test_a_plan_lists_the_steps_in_their_order(location: RunningLocation) -> None:
    plan = location.code.PlanRun(pb.PlanRunRequest(job_name="__ASSET_JOB"))
    assert [(step.step_key, list(step.depends_on)) for step in plan.steps] == [("first", []), ("second", ["first"])]
    assert [list(key.path) for step in plan.steps for key in step.asset_keys] == [["first"], ["second"]]


def test_wrong_config_is_data_with_the_path_to_the_field(location: RunningLocation) -> None:
    config = Payload(media_type="application/json", text='{"ops": {"load": {"config": {"rows": "many"}}}}')
    plan = location.code.PlanRun(pb.PlanRunRequest(job_name="with_config", run_config=config))
    assert not plan.steps
    assert [list(error.path) for error in plan.config_errors] == [["ops", "load", "config", "rows"]]
    assert 'expected type "Int"' in plan.config_errors[0].message


def test_a_run_whose_steps_could_not_find_each_others_outputs_is_refused_before_it_is_one(
    location: RunningLocation,
) -> None:
    plan = location.code.PlanRun(pb.PlanRunRequest(job_name="forgetful"))
    assert [list(error.path) for error in plan.config_errors] == [["execution"]]
    assert "kept in memory" in plan.config_errors[0].message
    config = Payload(media_type="application/json", text='{"execution": {"config": {"in_process": {}}}}')
    assert location.code.PlanRun(pb.PlanRunRequest(job_name="forgetful", run_config=config)).steps
