"""Output of steps, kept by a manager that the deployment wrote: loaded in the worker's environment."""

from __future__ import annotations

import json
from pathlib import Path

from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.worker.v1.worker_service_pb2 import ComputeLogManagerRef
from rig.coordinator import RecordingCoordinator
from rig.location import StartLocation

CODE = """
    from pathlib import Path

    from headrace import RetryPolicy, job, op
    from headrace.io.compute_log_manager import ComputeLogManager

    class Shelf(ComputeLogManager):
        def __init__(self, directory, label):
            self.directory, self.label = Path(directory), label

        def store(self, run_id, step_key, attempt, stream, file):
            if step_key == "unlucky":
                raise OSError("the shelf is full")
            kept = self.directory / f"{self.label}-{step_key}-{attempt}-{stream}"
            kept.write_bytes(file.read_bytes())

        def read(self, run_id, step_key, attempt, stream, offset):
            return None

        def newest_attempt(self, run_id, step_key):
            return 0

    @op(retry_policy=RetryPolicy(max_retries=1))
    def talk(context):
        print("said in", context.retry_number)
        if context.retry_number == 0:
            raise ValueError("again")

    @op
    def unlucky():
        print("lost")

    @job
    def talking():
        talk()
        unlucky()
"""


def test_what_each_attempt_wrote_is_kept_by_the_manager_and_nowhere_else(
    start_location: StartLocation, coordinator: RecordingCoordinator, tmp_path: Path
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    location = start_location(CODE)
    coordinator.log_manager = ComputeLogManagerRef(
        module="code_under_test",
        class_name="Shelf",
        config=Payload(media_type="application/json", text=json.dumps({"directory": str(shelf), "label": "a"})),
    )
    coordinator.add("run-1", "talking")
    location.start_worker(coordinator.address, "run-1", "talking")
    run = coordinator.wait_finished("run-1")
    # A manager that fails costs the output, and not the run.
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED, run.failure
    assert (shelf / "a-talk-1-stdout").read_text() == "said in 0\n"
    assert (shelf / "a-talk-2-stdout").read_text() == "said in 1\n"
    assert not list(Path(coordinator.log_directory).rglob("*.out"))


def test_a_manager_that_is_not_there_costs_the_output_and_not_the_run(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(CODE)
    coordinator.log_manager = ComputeLogManagerRef(module="no_such_module", class_name="Shelf")
    coordinator.add("run-1", "talking")
    location.start_worker(coordinator.address, "run-1", "talking")
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED
    assert list(Path(coordinator.log_directory).rglob("*.out"))
