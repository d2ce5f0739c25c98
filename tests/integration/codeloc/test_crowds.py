"""Many evaluations at once: few processes do them, and one that goes wrong hurts none of the others."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from rig.location import LOADED, RunningLocation, StartLocation
from rig.processes import is_alive
from rig.waiting import wait_until

CODE = """
    import os, time
    import headrace as dg

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
    def patient(context): time.sleep(600)

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
    assert len(set(pids)) < 50


def test_a_process_is_not_kept_when_nothing_follows(location: RunningLocation) -> None:
    pid = int(evaluate(location, "s1").skip_message)
    wait_until(lambda: not is_alive(pid), timeout=5, what="the process being gone")


@pytest.mark.proves("P12", fault="F16", of="location")
def test_one_that_hangs_is_ended_at_its_deadline_and_one_that_crashes_at_once_beside_the_crowd(
    location: RunningLocation,
) -> None:
    with ThreadPoolExecutor(4) as threads:
        hanging = threads.submit(evaluate, location, "hanging", 3.0)
        crashing = [threads.submit(evaluate, location, "crashing") for _ in range(2)]
        started = time.monotonic()
        assert all(pid.isdigit() for pid in evaluate_all(location))
        assert {each.result().failure.type for each in crashing} == {"EvaluationCrashed"}
        answer = hanging.result()
    assert time.monotonic() - started < 10
    assert answer.failure.type == "EvaluationTimeout"
    assert "in hanging" in answer.failure.stack_trace
    assert all(pid.isdigit() for pid in evaluate_all(location))


@pytest.mark.proves("P12", fault="F16", of="location")
def test_sensors_that_take_their_time_leave_room_for_schedules(location: RunningLocation) -> None:
    with ThreadPoolExecutor(12) as threads:
        request = pb.EvaluateSensorRequest(sensor_name="patient")
        sensors = [threads.submit(location.code.EvaluateSensor, request, timeout=6.0) for _ in range(12)]
        started = time.monotonic()
        assert evaluate(location, "s1").skip_message.isdigit()
        assert time.monotonic() - started < 4.0
        assert {each.result().failure.type for each in sensors} == {"EvaluationTimeout"}
