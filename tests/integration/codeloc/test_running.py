"""Workers that execute runs: forked, reporting to a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.api.types.v1 import payload_pb2, run_pb2
from rig.coordinator import RecordingCoordinator
from rig.location import StartLocation
from rig.ports import free_port

NUMBERS = """
    from headrace.definitions.ops.decorator import op
    from headrace.definitions.jobs.decorator import job
    from headrace.definitions.jobs.executor import in_process_executor

    @op
    def generate(): return list(range(1, 11))

    @op
    def even(numbers): return [n for n in numbers if n % 2 == 0]

    @op
    def odd(numbers): return [n for n in numbers if n % 2]

    @op
    def total(context, first, second):
        print("adding up")
        context.log.info("the sum is %d", sum(first) + sum(second))
        return sum(first) + sum(second)

    def _compose():
        numbers = generate()
        total(even(numbers), odd(numbers))

    @job(executor_def=in_process_executor)
    def one_process(): _compose()

    @job
    def many_processes(): _compose()
"""


def test_a_forked_worker_executes_a_run_in_its_own_process(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    assert location.info().start_method == "fork", location.info().start_method_reason
    coordinator.add("run-1", "one_process")
    started = location.start_worker(coordinator.address, "run-1", "one_process")
    run = coordinator.wait_finished("run-1")
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
    assert run.kinds[0] == "run_planned"
    assert run.kinds.count("step_succeeded") == 4
    assert [log.message for log in run.of_kind("log_recorded")] == ["the sum is 55"]
    assert {started_.worker for started_ in run.of_kind("step_started")} == {f"pid {started.pid}"}
    exits = location.exits(1)
    assert (exits[0].run_id, exits[0].exit_code, exits[0].signal) == ("run-1", 0, 0)


def test_each_step_has_a_process_of_its_own_unless_the_executor_says_otherwise(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    coordinator.add("run-1", "many_processes")
    started = location.start_worker(coordinator.address, "run-1", "many_processes")
    run = coordinator.wait_finished("run-1")
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
    processes = {each.worker for each in run.of_kind("step_started")}
    assert len(processes) == 4
    assert f"pid {started.pid}" not in processes


def test_run_config_can_keep_the_steps_in_one_process(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    config = payload_pb2.Payload(media_type="application/json", text='{"execution": {"config": {"in_process": {}}}}')
    coordinator.add("run-1", "many_processes", run_config=config)
    started = location.start_worker(coordinator.address, "run-1", "many_processes")
    run = coordinator.wait_finished("run-1")
    assert {each.worker for each in run.of_kind("step_started")} == {f"pid {started.pid}"}


def test_what_steps_write_is_captured(start_location: StartLocation, coordinator: RecordingCoordinator) -> None:
    location = start_location(NUMBERS)
    for job in ("one_process", "many_processes"):
        coordinator.add(job, job)
        location.start_worker(coordinator.address, job, job)
        coordinator.wait_finished(job)
        assert (Path(coordinator.log_directory) / job / "total.1.out").read_text() == "adding up\n"


@pytest.mark.proves("P2", fault="F7", of="location")
def test_an_order_that_is_repeated_starts_one_worker(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    coordinator.add("run-1", "one_process")
    answers = [
        location.start_worker(coordinator.address, "run-1", "one_process", request_id="the-same") for _ in range(3)
    ]
    assert [answer.started for answer in answers] == [True, False, False]
    assert len({answer.pid for answer in answers}) == 1
    coordinator.wait_finished("run-1")
    assert len(coordinator.runs["run-1"].claims) == 1


@pytest.mark.proves("P2", fault="F7", of="worker")
def test_of_two_workers_for_one_run_the_second_leaves_quietly(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    coordinator.add("run-1", "one_process")
    for _ in range(2):
        location.start_worker(coordinator.address, "run-1", "one_process")
    coordinator.wait_finished("run-1")
    assert [each.exit_code for each in location.exits(2)] == [0, 0]
    assert len(coordinator.runs["run-1"].claims) == 1


def test_a_job_that_is_missing_fails_the_run_with_the_reason(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    coordinator.add("run-1", "one_proces")
    location.start_worker(coordinator.address, "run-1", "one_proces")
    run = coordinator.wait_finished("run-1")
    assert run.state == run_pb2.RUN_STATE_FAILED
    assert "did you mean 'one_process'" in run.failure.message


def test_config_that_does_not_fit_fails_the_run_with_the_path(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(NUMBERS)
    config = payload_pb2.Payload(media_type="application/json", text='{"ops": {"generat": {}}}')
    coordinator.add("run-1", "one_process", run_config=config)
    location.start_worker(coordinator.address, "run-1", "one_process")
    run = coordinator.wait_finished("run-1")
    assert run.state == run_pb2.RUN_STATE_FAILED
    assert "generat" in run.failure.message


def test_a_worker_that_finds_no_coordinator_says_so_and_gives_up(start_location: StartLocation) -> None:
    location = start_location(NUMBERS, "--claim-timeout", "1")
    location.start_worker(f"127.0.0.1:{free_port()}", "run-1", "one_process", request_id="w")
    [end] = location.exits(1)
    assert end.exit_code == 75
    assert "run run-1 could not be claimed" in end.detail
