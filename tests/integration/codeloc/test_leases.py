"""A worker acts for its run only while it holds the lease, and ends when it is told to."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from headrace.api.codeloc.v1 import worker_host_service_pb2 as pb
from headrace.api.types.v1 import run_pb2
from rig.coordinator import RecordingCoordinator
from rig.location import RunningLocation, StartLocation
from rig.processes import is_alive
from rig.waiting import wait_until

CODE = """
    import os, subprocess, time
    import headrace as dg

    def note(text):
        with open(os.environ["NOTES"], "a") as notes:
            notes.write(f"{text}\\n")

    @dg.op
    def linger():
        note(f"pid {os.getpid()}")
        try:
            while True:
                time.sleep(0.01)
        finally:
            note("cleaned up")

    @dg.op
    def after(value): note("must not run")

    @dg.op
    def stubborn():
        note(f"pid {os.getpid()}")
        note(f"pid {subprocess.Popen(['sleep', '600']).pid}")
        while True:
            try:
                time.sleep(600)
            except BaseException:
                pass

    @dg.op
    def chatty(context):
        for number in range(3000):
            context.log.info("line %d", number)

    @dg.job(executor_def=dg.in_process_executor)
    def lingering(): after(linger())

    @dg.job
    def lingering_apart(): after(linger())

    @dg.job(executor_def=dg.in_process_executor)
    def stubborn_job(): stubborn()

    @dg.job
    def stubborn_apart(): stubborn()

    @dg.job(executor_def=dg.in_process_executor)
    def talking(): chatty()
"""


class Notes:
    """What user code has written beside the run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def wait_pids(self, count: int = 1) -> list[int]:
        wait_until(lambda: len(self._pids()) >= count, what="user code at work")
        return self._pids()

    def _pids(self) -> list[int]:
        return [int(line.removeprefix("pid ")) for line in self.lines() if line.startswith("pid ")]


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / "notes")


@pytest.fixture
def location(start_location: StartLocation, notes: Notes) -> RunningLocation:
    return start_location(CODE, NOTES=str(notes.path))


JOBS = pytest.mark.parametrize("job", ["lingering", "lingering_apart"])


@JOBS
def test_a_cancel_that_a_heartbeat_brings_ends_the_run_in_order(
    location: RunningLocation, coordinator: RecordingCoordinator, notes: Notes, job: str
) -> None:
    coordinator.heartbeat_seconds = 0.2
    run = coordinator.add("run-1", job)
    location.start_worker(coordinator.address, "run-1", job)
    notes.wait_pids()
    run.cancel_requested = True
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_CANCELED
    assert notes.lines()[1:] == ["cleaned up"]


@JOBS
def test_a_worker_that_is_told_to_stop_cancels_its_run(
    location: RunningLocation, coordinator: RecordingCoordinator, notes: Notes, job: str
) -> None:
    coordinator.add("run-1", job)
    location.start_worker(coordinator.address, "run-1", job)
    notes.wait_pids()
    assert location.workers.StopWorker(pb.StopWorkerRequest(request_id="r", run_id="run-1")).stopped
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_CANCELED
    assert notes.lines()[1:] == ["cleaned up"]
    location.exits(1)
    assert not location.workers.StopWorker(pb.StopWorkerRequest(request_id="r", run_id="run-1")).stopped


@pytest.mark.parametrize("job", ["stubborn_job", "stubborn_apart"])
def test_a_worker_that_is_killed_takes_its_children_along(
    location: RunningLocation, coordinator: RecordingCoordinator, notes: Notes, job: str
) -> None:
    coordinator.add("run-1", job)
    worker = location.start_worker(coordinator.address, "run-1", job)
    pids = notes.wait_pids(2)
    location.workers.StopWorker(pb.StopWorkerRequest(request_id="r", run_id="run-1", kill=True))
    [end] = location.exits(1)
    assert (end.worker_id, end.signal, end.launch_token) == (worker.worker_id, signal.SIGKILL, "token-run-1")
    wait_until(lambda: not any(map(is_alive, pids)), what="the end of all that the worker had started")


@JOBS
def test_a_worker_whose_lease_is_lost_ends_at_once_with_its_children(
    location: RunningLocation, coordinator: RecordingCoordinator, notes: Notes, job: str
) -> None:
    coordinator.heartbeat_seconds = 0.2
    run = coordinator.add("run-1", job)
    location.start_worker(coordinator.address, "run-1", job)
    pids = notes.wait_pids()
    run.lease_lost = True
    [end] = location.exits(1)
    assert end.signal == signal.SIGKILL
    assert "the run is lost to this worker" in end.detail
    wait_until(lambda: not any(map(is_alive, pids)), what="the end of the steps")
    assert not run.finished


def test_a_worker_that_cannot_renew_its_lease_ends_before_it_is_over(
    location: RunningLocation, coordinator: RecordingCoordinator, notes: Notes
) -> None:
    coordinator.lease_seconds, coordinator.heartbeat_seconds = 3.0, 0.5
    run = coordinator.add("run-1", "lingering")
    location.start_worker(coordinator.address, "run-1", "lingering")
    [pid] = notes.wait_pids()
    wait_until(lambda: run.heartbeats, what="a heartbeat")
    coordinator.unavailable = True
    wait_until(lambda: not is_alive(pid), 3.0, what="the end of the worker within its lease")
    assert not run.finished


def test_a_coordinator_that_is_away_for_a_while_loses_no_event(
    location: RunningLocation, coordinator: RecordingCoordinator, notes: Notes
) -> None:
    coordinator.heartbeat_seconds = 0.2
    run = coordinator.add("run-1", "lingering")
    location.start_worker(coordinator.address, "run-1", "lingering")
    notes.wait_pids()
    coordinator.unavailable = True
    beats = run.heartbeats
    os.kill(notes.wait_pids()[0], signal.SIGTERM)
    wait_until(lambda: "cleaned up" in notes.lines(), what="the end of the step")
    coordinator.unavailable = False
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_CANCELED
    assert run.heartbeats >= beats
    assert run.batches == list(range(1, len(run.batches) + 1))
    assert "step_failed" in run.kinds


def test_many_events_arrive_in_order_and_in_few_batches(
    location: RunningLocation, coordinator: RecordingCoordinator
) -> None:
    run = coordinator.add("run-1", "talking")
    location.start_worker(coordinator.address, "run-1", "talking")
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED
    assert [log.message for log in run.of_kind("log_recorded")] == [f"line {number}" for number in range(3000)]
    assert len(run.batches) <= 3000 / 100


@pytest.mark.parametrize(
    ("point", "signal_number"), [("worker.before_claim", 0), ("worker.after_claim", 0), ("worker.before_finish", 0)]
)
def test_a_worker_that_dies_anywhere_is_reported(
    start_location: StartLocation, coordinator: RecordingCoordinator, notes: Notes, point: str, signal_number: int
) -> None:
    location = start_location(CODE, NOTES=str(notes.path), HEADRACE_FAULTS=f"{point}=exit")
    run = coordinator.add("run-1", "talking")
    location.start_worker(coordinator.address, "run-1", "talking")
    [end] = location.exits(1)
    assert (end.run_id, end.exit_code, end.signal) == ("run-1", 137, signal_number)
    assert not run.finished
