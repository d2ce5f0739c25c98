"""Workers that execute runs: forked, reporting to a real server."""

from __future__ import annotations

from headrace.api.types.v1 import run_pb2

from rig.coordinator import RecordingCoordinator
from rig.location import StartLocation

NUMBERS = """
    from headrace.definitions.op_decorator import op
    from headrace.definitions.job_decorator import job
    from headrace.definitions.executor import in_process_executor

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
