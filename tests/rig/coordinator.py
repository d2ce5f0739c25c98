"""A coordinator for one location under test: a real gRPC server that hands runs to workers and keeps what they report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration

from headrace.api.types.v1 import event_pb2, run_pb2
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.api.worker.v1.worker_service_pb2_grpc import WorkerServiceServicer, add_WorkerServiceServicer_to_server
from headrace.errors import HeadraceError, LeaseLostError, RunNotFoundError
from headrace.rpc.status import to_status
from rig.waiting import PATIENCE, wait_until


@dataclass
class RecordedRun:
    """A run and all that its workers said."""

    run: run_pb2.Run
    token: str
    epoch: int = 0
    claims: list[str] = field(default_factory=list)
    events: list[event_pb2.Event] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    heartbeats: int = 0
    state: int = 0
    failure: Any = None
    cancel_requested: bool = False
    lease_lost: bool = False

    @property
    def kinds(self) -> list[str]:
        """The kinds of the events, in order."""
        return [event.WhichOneof("detail") for event in self.events]

    def of_kind(self, kind: str) -> list[Any]:
        """The details of the events of one kind."""
        return [getattr(event, kind) for event in self.events if event.WhichOneof("detail") == kind]

    @property
    def finished(self) -> bool:
        """Whether a worker has finished it."""
        return bool(self.state)


class RecordingCoordinator(WorkerServiceServicer):
    """Grants every claim that carries the right token, and stores each batch once."""

    def __init__(self, log_directory: str = "", lease_seconds: float = 15.0, heartbeat_seconds: float = 5.0) -> None:
        self.runs: dict[str, RecordedRun] = {}
        self.address = ""
        self.log_directory = log_directory
        self.artifact_directory = ""
        self.log_manager: pb.ComputeLogManagerRef | None = None
        self.share: Callable[[pb.ClaimPoolSlotsRequest, grpc.ServicerContext], pb.ClaimPoolSlotsResponse] | None = None
        self.lease_seconds = lease_seconds
        self.heartbeat_seconds = heartbeat_seconds
        self.unavailable = False
        self._lock = threading.Lock()

    def add(self, run_id: str, job_name: str, **fields: Any) -> RecordedRun:
        """Makes a run that may be claimed with the token `token-<run id>`."""
        run = run_pb2.Run(run_id=run_id, job_name=job_name, attempt=1, root_run_id=run_id, **fields)
        self.runs[run_id] = RecordedRun(run, f"token-{run_id}")
        return self.runs[run_id]

    def wait_finished(self, run_id: str, timeout: float = PATIENCE) -> RecordedRun:
        """Waits until a worker has finished a run."""
        wait_until(lambda: self.runs[run_id].finished, timeout, what=f"the end of run {run_id}")
        return self.runs[run_id]

    def ClaimRun(self, request: pb.ClaimRunRequest, context: grpc.ServicerContext) -> pb.ClaimRunResponse:
        """Grants a claim."""
        with self._lock:
            recorded = self._find(request.run_id, context)
            if request.launch_token != recorded.token or recorded.claims:
                _abort(context, LeaseLostError("the token was used"))
            recorded.claims.append(request.worker)
            recorded.epoch += 1
            return pb.ClaimRunResponse(
                run=recorded.run,
                epoch=recorded.epoch,
                run_token="run-token",
                lease_ttl=_duration(self.lease_seconds),
                heartbeat_interval=_duration(self.heartbeat_seconds),
                compute_log_directory=self.log_directory,
                compute_log_manager=self.log_manager,
                artifact_directory=self.artifact_directory,
            )

    def Heartbeat(self, request: pb.HeartbeatRequest, context: grpc.ServicerContext) -> pb.HeartbeatResponse:
        """Renews."""
        recorded = self._check(request, context)
        recorded.heartbeats += 1
        return pb.HeartbeatResponse(cancel_requested=recorded.cancel_requested)

    def ReportEvents(self, request: pb.ReportEventsRequest, context: grpc.ServicerContext) -> pb.ReportEventsResponse:
        """Stores a batch."""
        recorded = self._check(request, context)
        self._store(recorded, request)
        return pb.ReportEventsResponse(cancel_requested=recorded.cancel_requested)

    def FinishRun(self, request: pb.FinishRunRequest, context: grpc.ServicerContext) -> pb.FinishRunResponse:
        """Ends the run."""
        recorded = self._check(request, context)
        self._store(recorded, request)
        recorded.failure = request.failure if request.HasField("failure") else None
        recorded.state = request.state
        return pb.FinishRunResponse()

    def ClaimPoolSlots(
        self, request: pb.ClaimPoolSlotsRequest, context: grpc.ServicerContext
    ) -> pb.ClaimPoolSlotsResponse:
        """Shares slots out as a test wants; knows no pools unless one does."""
        self._check(request, context)
        if self.share is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "of before there were pools")
        return self.share(request, context)

    def _store(self, recorded: RecordedRun, request: Any) -> None:
        with self._lock:
            if request.batch and request.batch not in recorded.batches:
                assert request.batch == len(recorded.batches) + 1, "a batch was skipped"
                recorded.batches.append(request.batch)
                recorded.events.extend(request.events)

    def _check(self, request: Any, context: grpc.ServicerContext) -> RecordedRun:
        recorded = self._find(request.run_id, context)
        if recorded.lease_lost or (request.epoch, request.run_token) != (recorded.epoch, "run-token"):
            _abort(context, LeaseLostError("the run belongs to another worker"))
        return recorded

    def _find(self, run_id: str, context: grpc.ServicerContext) -> RecordedRun:
        if self.unavailable:
            context.abort(grpc.StatusCode.UNAVAILABLE, "paused by the test")
        if run_id not in self.runs:
            _abort(context, RunNotFoundError(f"there is no run {run_id}"))
        return self.runs[run_id]


def _abort(context: grpc.ServicerContext, error: HeadraceError) -> None:
    code, message, metadata = to_status(error)
    context.set_trailing_metadata(metadata)
    context.abort(code, message)


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(int(seconds * 1e9))
    return duration


@pytest.fixture
def coordinator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordingCoordinator]:
    """A running coordinator without any runs yet."""
    servicer = RecordingCoordinator(str(tmp_path_factory.mktemp("compute_logs")))
    server = grpc.server(futures.ThreadPoolExecutor(8))
    add_WorkerServiceServicer_to_server(servicer, server)
    servicer.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield servicer
    server.stop(0).wait()
