"""Output of steps, kept by a manager that the deployment wrote: loaded in the worker's environment."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from headrace.api.types.v1 import run_pb2
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.worker.v1.worker_service_pb2 import ComputeLogManagerRef
from headrace.integrations.obstore import S3ComputeLogManager
from headrace.settings import Secret
from rig.coordinator import RecordingCoordinator
from rig.location import StartLocation
from rig.seaweedfs import ACCESS_KEY, REGION, SECRET_KEY, S3Server
from rig.waiting import wait_until

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

WAITING = """
    import os, time
    from headrace import job, op

    @op
    def wait():
        print("first", flush=True)
        while not os.path.exists({go!r}):
            time.sleep(0.02)
        print("last")

    @job
    def waiting():
        wait()
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
    assert "stdout of this attempt could not be stored and is lost: OSError: the shelf is full" in [
        event.log_recorded.message for event in run.events if event.step_key == "unlucky"
    ]


@pytest.fixture
def kept_in_s3(coordinator: RecordingCoordinator, s3_server: S3Server, s3_bucket: str) -> S3ComputeLogManager:
    """Has workers store in a bucket several times a second, and returns what reads it."""
    logs = S3ComputeLogManager(
        bucket=s3_bucket,
        endpoint=s3_server.endpoint,
        allow_http=True,
        region=REGION,
        access_key_id=Secret(value=ACCESS_KEY),
        secret_access_key=Secret(value=SECRET_KEY),
        upload_interval=0.2,
    )
    coordinator.log_directory = ""
    coordinator.log_manager = ComputeLogManagerRef(
        module=type(logs).__module__,
        class_name=type(logs).__name__,
        config=Payload(media_type="application/json", text=json.dumps(logs.to_config())),
    )
    coordinator.add("run-1", "waiting")
    return logs


def test_output_goes_to_a_store_while_it_is_written(
    start_location: StartLocation,
    coordinator: RecordingCoordinator,
    kept_in_s3: S3ComputeLogManager,
    s3_server: S3Server,
    s3_bucket: str,
    tmp_path: Path,
) -> None:
    location = start_location(WAITING.format(go=str(tmp_path / "go")))
    location.start_worker(coordinator.address, "run-1", "waiting")
    stem = "dagster/storage/run-1/compute_logs/wait.1"
    wait_until(lambda: s3_server.keys(s3_bucket) == [f"{stem}.out.partial"], what="what is written so far")
    assert kept_in_s3.read("run-1", "wait", 1, "stdout", 0) == b"first\n"
    (tmp_path / "go").touch()
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED
    assert s3_server.keys(s3_bucket) == [f"{stem}.err", f"{stem}.out"]
    assert kept_in_s3.read("run-1", "wait", 1, "stdout", 6) == b"last\n"


def test_a_worker_that_is_killed_leaves_what_it_had_stored(
    start_location: StartLocation, coordinator: RecordingCoordinator, kept_in_s3: S3ComputeLogManager, tmp_path: Path
) -> None:
    location = start_location(WAITING.format(go=str(tmp_path / "go")))
    worker = location.start_worker(coordinator.address, "run-1", "waiting")
    wait_until(lambda: kept_in_s3.newest_attempt("run-1", "wait") == 1, what="what is written so far")
    os.killpg(worker.pid, signal.SIGKILL)
    assert kept_in_s3.read("run-1", "wait", 1, "stdout", 0) == b"first\n"
    assert not kept_in_s3.is_complete("run-1", "wait", 1, "stdout")


def test_a_manager_that_is_not_there_costs_the_output_and_not_the_run(
    start_location: StartLocation, coordinator: RecordingCoordinator
) -> None:
    location = start_location(CODE)
    coordinator.log_manager = ComputeLogManagerRef(module="no_such_module", class_name="Shelf")
    coordinator.add("run-1", "talking")
    location.start_worker(coordinator.address, "run-1", "talking")
    assert coordinator.wait_finished("run-1").state == run_pb2.RUN_STATE_SUCCEEDED
    assert list(Path(coordinator.log_directory).rglob("*.out"))
