"""A Python code location under test: real processes, started from source text."""

from __future__ import annotations

import json
import textwrap
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import grpc
import pytest

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1 import worker_host_service_pb2 as workers_pb
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import CodeLocationServiceStub
from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import WorkerHostServiceStub
from headrace.api.types.v1 import location_pb2
from headrace.rpc.channel import open_channel
from rig.processes import SupervisedProcess, Supervisor
from rig.waiting import PATIENCE, wait_until

T = TypeVar("T")

LOADING = location_pb2.LOCATION_STATE_LOADING
LOADED = location_pb2.LOCATION_STATE_LOADED
FAILED = location_pb2.LOCATION_STATE_FAILED


@dataclass
class RunningLocation:
    """A served location."""

    process: SupervisedProcess
    address: str
    file: Path
    channel: grpc.Channel

    @property
    def code(self) -> CodeLocationServiceStub:
        """Calls CodeLocationService."""
        return CodeLocationServiceStub(self.channel)

    @property
    def workers(self) -> WorkerHostServiceStub:
        """Calls WorkerHostService."""
        return WorkerHostServiceStub(self.channel)

    def info(self) -> pb.ServerInfo:
        """What it says of itself now."""
        return self.code.GetServerInfo(pb.GetServerInfoRequest()).server_info

    def wait_state(self, state: int, timeout: float = PATIENCE) -> pb.ServerInfo:
        """Waits until it is in a state."""
        wait_until(lambda: self.info().state == state, timeout, what=f"location state {state}")
        return self.info()

    def definitions(self) -> list[Any]:
        """All its definitions."""
        found: list[Any] = []
        for response in self.code.GetDefinitions(pb.GetDefinitionsRequest(), timeout=PATIENCE):
            if response.part.HasField("batch"):
                found += response.part.batch.definitions
        return found

    def names(self, kind: str) -> list[str]:
        """The names of its definitions of one kind."""
        return [getattr(each, kind).name for each in self.definitions() if each.WhichOneof("kind") == kind]

    def rewrite(self, source: str) -> None:
        """Replaces its code on disk."""
        self.file.write_text(textwrap.dedent(source))

    def reload(self) -> pb.ServerInfo:
        """Has it load its code anew."""
        request = pb.ReloadDefinitionsRequest(request_id=str(uuid.uuid4()))
        return self.code.ReloadDefinitions(request, timeout=30).server_info

    def start_worker(
        self, coordinator_address: str, run_id: str, job_name: str, **fields: Any
    ) -> workers_pb.StartWorkerResponse:
        """Starts a worker for a run of the recording coordinator; like a launcher, tries again while nobody is there."""
        values = {"request_id": str(uuid.uuid4()), "launch_token": f"token-{run_id}", **fields}
        request = workers_pb.StartWorkerRequest(
            run_id=run_id, coordinator_address=coordinator_address, job_name=job_name, **values
        )
        started = wait_until(lambda: self._start_worker(request), 30, what="a worker's start")
        assert started is not None
        return started

    def _start_worker(self, request: workers_pb.StartWorkerRequest) -> workers_pb.StartWorkerResponse | None:
        try:
            return self.workers.StartWorker(request, timeout=30)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                return None
            raise

    def exits(self, count: int, timeout: float = PATIENCE) -> list[workers_pb.WorkerExit]:
        """Waits until so many workers have ended, and returns how."""
        found: list[workers_pb.WorkerExit] = []
        stream = self.workers.WatchWorkers(workers_pb.WatchWorkersRequest(), timeout=timeout)
        for response in stream:
            found += response.exits
            if len(found) >= count:
                stream.cancel()
                break
        return found


def answer_in_time(call: Callable[[], T]) -> T:
    """Returns the answer of a call that is ended at its deadline.

    It leaves a fifth of a second before, which a machine with much else to do may need for the way: then it is asked again.
    """
    for _ in range(4):
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                raise
    return call()


StartLocation = Callable[..., RunningLocation]


@pytest.fixture
def start_location(supervisor: Supervisor, tmp_path: Path) -> Iterator[StartLocation]:
    """Starts locations from source text; `wait` false returns before the code has loaded."""
    channels: list[grpc.Channel] = []

    def start(
        source: str, *options: str, wait: bool = True, file_name: str = "code_under_test.py", **env: str
    ) -> RunningLocation:
        number = len(channels)
        file = tmp_path / f"location_{number}" / file_name
        file.parent.mkdir()
        file.write_text(textwrap.dedent(source))
        logs = str(tmp_path / f"worker_logs_{number}")
        process = supervisor.python(
            "location",
            *("-m", "headrace_codeloc", "-f", str(file), "-d", str(file.parent), "--port", "0"),
            *("--worker-log-directory", logs, *options),
            env={"HEADRACE_HOME": str(tmp_path), **env},
        )
        line = process.wait_for_output(r'^\{"event": "serving".*\}$')[0]
        address = json.loads(line)["address"]
        channels.append(open_channel(address))
        location = RunningLocation(process, address, file, channels[-1])
        if wait:
            wait_until(lambda: location.info().state != LOADING, 30, what="the code having loaded or not")
        return location

    yield start
    for channel in channels:
        channel.close()
