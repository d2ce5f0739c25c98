"""Many evaluations at once: few processes do them, and one that goes wrong hurts none of the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceStub
from rig.location import LOADED, RunningLocation, StartLocation, answer_in_time
from rig.processes import is_alive
from rig.waiting import wait_until

CODE = """
    import os, time
    from pathlib import Path
    import headrace as dg

    HOME = Path(os.environ["HEADRACE_HOME"])

    @dg.op
    def work(): ...

    @dg.job
    def nightly(): work()

    def tells_its_process(name):
        @dg.schedule(name=name, job=nightly, cron_schedule="* * * * *")
        def each(context): return dg.SkipReason(str(os.getpid()))
        return each

    @dg.schedule(job=nightly, cron_schedule="* * * * *")
    def hanging(context): time.sleep(600)

    @dg.schedule(job=nightly, cron_schedule="* * * * *")
    def crashing(context): os._exit(9)

    @dg.sensor(job=nightly)
    def patient(context):
        (HOME / "waiting").touch()
        time.sleep(600)

    defs = dg.Definitions(
        jobs=[nightly], sensors=[patient], schedules=[hanging, crashing, *(tells_its_process(f"s{number}") for number in range(200))]
    )
"""


@pytest.fixture
def location(start_location: StartLocation) -> RunningLocation:
    """A location with a crowd of schedules."""
    location = start_location(CODE, "--start-method", "fork")
    assert location.info().state == LOADED, location.info().failure
    return location


def evaluate(location: RunningLocation, name: str, timeout: float = 30.0) -> pb.EvaluateScheduleResponse:
    request = pb.EvaluateScheduleRequest(schedule_name=name, due_time=Timestamp(seconds=1_700_000_000))
    answer = location.code.EvaluateSchedule(request, timeout=timeout)
    assert isinstance(answer, pb.EvaluateScheduleResponse)
    return answer


def evaluate_all(location: RunningLocation) -> list[str]:
    """Evaluates the whole crowd; returns which process did each."""
    with ThreadPoolExecutor(16) as threads:
        answers = threads.map(lambda number: evaluate(location, f"s{number}"), range(200))
        return [answer.skip_message for answer in answers]


def test_a_crowd_is_evaluated_by_few_processes(location: RunningLocation) -> None:
    pids = evaluate_all(location)
    assert all(pid.isdigit() for pid in pids)
    assert len(set(pids)) < 100


def test_a_process_is_not_kept_when_nothing_follows(location: RunningLocation) -> None:
    pid = int(evaluate(location, "s1").skip_message)
    wait_until(lambda: not is_alive(pid), what="the process being gone")


@pytest.mark.proves("P12", fault="F16", of="location")
def test_one_that_hangs_is_ended_at_its_deadline_and_one_that_crashes_at_once_beside_the_crowd(
    location: RunningLocation,
) -> None:
    with ThreadPoolExecutor(4) as threads:
        hanging = threads.submit(answer_in_time, lambda: evaluate(location, "hanging", 3.0))
        crashing = [threads.submit(evaluate, location, "crashing") for _ in range(2)]
        assert all(pid.isdigit() for pid in evaluate_all(location))
        assert {each.result().failure.type for each in crashing} == {"EvaluationCrashed"}
        answer = hanging.result()
    assert answer.failure.type == "EvaluationTimeout"
    assert "in hanging" in answer.failure.stack_trace
    assert all(pid.isdigit() for pid in evaluate_all(location))


@pytest.mark.proves("P12", fault="F16", of="location")
def test_sensors_that_take_their_time_leave_room_for_schedules(location: RunningLocation, tmp_path: Path) -> None:
    request = pb.EvaluateSensorRequest(sensor_name="patient")
    with grpc.insecure_channel(location.address) as channel:
        evaluate_sensor = CodeLocationServiceStub(channel).EvaluateSensor
        sensors = [evaluate_sensor.future(request, timeout=60) for _ in range(12)]
        wait_until((tmp_path / "waiting").exists, what="a sensor that takes its time")
        assert evaluate(location, "s1").skip_message.isdigit()
        assert not any(each.done() for each in sensors)
