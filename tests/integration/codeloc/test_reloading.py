"""Loading the code anew: beside the old, switched when it has loaded, and never at the cost of what runs."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.types.v1 import run_pb2
from rig.coordinator import RecordingCoordinator
from rig.location import FAILED, LOADED, RunningLocation, StartLocation
from rig.processes import is_alive
from rig.waiting import wait_until

ONE = """
    import headrace as dg

    @dg.op
    def do_it(): return 1

    @dg.job(executor_def=dg.in_process_executor)
    def first(): do_it()
"""
TWO = (
    ONE
    + """
    @dg.job
    def second(): do_it()
"""
)
WAITING = """
    import os, time
    import headrace as dg

    @dg.op
    def wait(context):
        while not os.path.exists(os.environ["GO_FILE"]):
            time.sleep(0.01)
        context.log.info("version one")

    @dg.job(executor_def=dg.in_process_executor)
    def waiting(): wait()
"""


def host_of(location: RunningLocation) -> int:
    """The process that holds the code: the nursery's only child."""
    nursery = location.process.descendants()[0]
    return nursery.children()[0].pid


def test_new_code_is_in_use_after_a_reload(start_location: StartLocation) -> None:
    location = start_location(ONE)
    before = location.info()
    location.rewrite(TWO)
    after = location.reload()
    assert after.state == LOADED
    assert after.definitions_digest != before.definitions_digest
    assert location.names("job") == ["first", "second"]


def test_the_same_code_keeps_its_digest(start_location: StartLocation) -> None:
    location = start_location(ONE)
    before, after = location.info(), location.reload()
    assert after.definitions_digest == before.definitions_digest
    assert after.load_time.ToNanoseconds() > before.load_time.ToNanoseconds()


@pytest.mark.proves("P12", fault="F16", of="location")
def test_broken_new_code_leaves_the_old_one_serving(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(ONE)
    before = location.info()
    location.rewrite("import headrace\nraise RuntimeError('half-written')\n")
    after = location.reload()
    assert (after.state, after.failure.type, after.failure.line) == (FAILED, "RuntimeError", 2)
    assert after.definitions_digest == before.definitions_digest
    assert location.names("job") == ["first"]
    coordinator.add("run-1", "first")
    location.start_worker(coordinator.address, "run-1", "first")
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED
    location.rewrite(TWO)
    assert location.reload().state == LOADED
    assert not location.info().HasField("failure")


def test_code_that_never_loaded_loads_after_it_was_repaired(start_location: StartLocation) -> None:
    location = start_location("import no_such_module_here")
    assert location.info().state == FAILED
    location.rewrite(ONE)
    assert location.reload().state == LOADED
    assert location.names("job") == ["first"]


@pytest.mark.proves("P12", fault="F16", of="worker")
def test_running_workers_keep_the_code_they_started_with(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    go = os.path.join(coordinator.log_directory, "go")
    location = start_location(WAITING, GO_FILE=go)
    old_host = host_of(location)
    coordinator.add("run-1", "waiting")
    worker = location.start_worker(coordinator.address, "run-1", "waiting").pid
    wait_until(lambda: "step_started" in coordinator.runs["run-1"].kinds, what="the step")
    location.rewrite(WAITING.replace("version one", "version two"))
    assert location.reload().state == LOADED
    wait_until(lambda: not is_alive(old_host), what="the end of the old host")
    assert is_alive(worker)
    with open(go, "w"):
        pass
    run = coordinator.wait_finished("run-1")
    assert run.of_kind("log_recorded")[0].message == "version one"
    [end] = location.exits(1)
    assert (end.run_id, end.exit_code, end.signal) == ("run-1", 0, 0)


def test_watchers_hear_of_a_change_at_once(start_location: StartLocation) -> None:
    location = start_location(ONE)
    seen: list[pb.WatchServerInfoResponse] = []

    def watch() -> None:
        for response in location.code.WatchServerInfo(pb.WatchServerInfoRequest(), timeout=20):
            seen.append(response)
            if len(seen) == 2:
                return

    thread = threading.Thread(target=watch)
    thread.start()
    wait_until(lambda: len(seen) == 1, what="the first answer")
    location.rewrite(TWO)
    digest = location.reload().definitions_digest
    thread.join(10)
    assert seen[1].server_info.definitions_digest == digest
    assert seen[1].cursor != seen[0].cursor


def test_a_host_that_is_killed_is_replaced_and_its_workers_go_on(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    go = os.path.join(coordinator.log_directory, "go")
    location = start_location(WAITING, GO_FILE=go)
    coordinator.add("run-1", "waiting")
    location.start_worker(coordinator.address, "run-1", "waiting")
    wait_until(lambda: "step_started" in coordinator.runs["run-1"].kinds, what="the step")
    os.kill(host_of(location), signal.SIGKILL)
    coordinator.add("run-2", "waiting")
    location.start_worker(coordinator.address, "run-2", "waiting")
    with open(go, "w"):
        pass
    for run_id in ("run-1", "run-2"):
        assert coordinator.wait_finished(run_id).state == run_pb2.RUN_STATE_SUCCEEDED
    assert {(end.run_id, end.exit_code) for end in location.exits(2)} == {("run-1", 0), ("run-2", 0)}


def test_a_nursery_that_is_killed_is_replaced(start_location: StartLocation, coordinator: RecordingCoordinator) -> None:
    location = start_location(ONE)
    location.process.descendants()[0].kill()
    coordinator.add("run-1", "first")
    location.start_worker(coordinator.address, "run-1", "first")
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED


def test_workers_outlive_the_front(start_location: StartLocation, coordinator: RecordingCoordinator) -> None:
    go = os.path.join(coordinator.log_directory, "go")
    location = start_location(WAITING, GO_FILE=go)
    coordinator.add("run-1", "waiting")
    location.start_worker(coordinator.address, "run-1", "waiting")
    wait_until(lambda: "step_started" in coordinator.runs["run-1"].kinds, what="the step")
    host = host_of(location)
    location.process.kill()
    wait_until(lambda: not is_alive(host), what="the end of the host")
    with open(go, "w"):
        pass
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED


def test_a_front_that_is_told_to_end_ends_with_its_host(start_location: StartLocation) -> None:
    location = start_location(ONE)
    processes = location.process.descendants()
    assert location.process.stop() == 0
    wait_until(lambda: not any(is_alive(each.pid) for each in processes), what="the end of all processes")
