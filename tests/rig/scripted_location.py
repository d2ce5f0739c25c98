"""A code location whose answers a test decides: a real server of the contract, in this process."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from headrace.api.codeloc.v1 import worker_host_service_pb2 as workers_pb
from headrace.api.codeloc.v1.code_location_service_pb2_grpc import (
    CodeLocationServiceServicer,
    add_CodeLocationServiceServicer_to_server,
)
from headrace.api.codeloc.v1.worker_host_service_pb2_grpc import (
    WorkerHostServiceServicer,
    add_WorkerHostServiceServicer_to_server,
)
from headrace.api.types.v1.definitions_pb2 import (
    Definition,
    DefinitionsBatch,
    DefinitionsHeader,
    DefinitionsPart,
    DefinitionsTrailer,
)
from headrace.api.types.v1.failure_pb2 import Failure
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_FAILED, LOCATION_STATE_LOADED

Schedule = Callable[[pb.EvaluateScheduleRequest], Awaitable[pb.EvaluateScheduleResponse]]
Sensor = Callable[[pb.EvaluateSensorRequest], Awaitable[pb.EvaluateSensorResponse]]
Plan = Callable[[pb.PlanRunRequest], Awaitable[pb.PlanRunResponse]]
Start = Callable[[workers_pb.StartWorkerRequest], Awaitable[None]]


def digest_of(definitions: Sequence[Definition]) -> str:
    """The contract's digest."""
    digest = hashlib.sha256()
    for definition in definitions:
        data = definition.SerializeToString()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


async def _plan_nothing(request: pb.PlanRunRequest) -> pb.PlanRunResponse:
    return pb.PlanRunResponse()


async def _ask_for_a_run(request: Any) -> Any:
    raise NotImplementedError


async def _start(request: workers_pb.StartWorkerRequest) -> None:
    """Starts nothing: the worker never claims its run."""


@dataclass
class ScriptedLocation(CodeLocationServiceServicer, WorkerHostServiceServicer):
    """What it says and does; tests change it while it serves."""

    definitions: list[Definition] = field(default_factory=list)
    features: tuple[str, ...] = ("watch", "reload", "workers")
    failure: Failure | None = None
    trailer_digest: str | None = None
    plan: Plan = _plan_nothing
    schedule: Schedule = _ask_for_a_run
    sensor: Sensor = _ask_for_a_run
    start: Start = _start
    started: list[workers_pb.StartWorkerRequest] = field(default_factory=list)
    stopped: list[workers_pb.StopWorkerRequest] = field(default_factory=list)
    exits: list[workers_pb.WorkerExit] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self._changed = asyncio.Event()
        self._broken_off: asyncio.Event | None = None
        self._server: grpc.aio.Server | None = None

    async def serve(self, address: str = "127.0.0.1:0") -> str:
        """Begins to serve and returns the address."""
        self._server = grpc.aio.server()
        add_CodeLocationServiceServicer_to_server(self, self._server)
        if "workers" in self.features:
            add_WorkerHostServiceServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port(address)}"
        await self._server.start()
        return self.address

    async def close(self) -> None:
        """Stops to serve."""
        if self._server is not None:
            await self._server.stop(0)

    def change(self, definitions: Sequence[Definition] | None = None, failure: Failure | None = None) -> None:
        """Has other definitions, or a new version that does not load."""
        self.definitions = list(self.definitions if definitions is None else definitions)
        self.failure = failure
        self._wake()

    def end_watches(self) -> None:
        """Breaks off the watches that there are, as a connection does that has reached its age."""
        self._broken_off = self._changed
        self._wake()

    def end_worker(self, exit: workers_pb.WorkerExit) -> None:
        """Says that a worker has ended."""
        self.exits.append(exit)
        self._wake()

    def info(self) -> pb.ServerInfo:
        """What it says of itself."""
        return pb.ServerInfo(
            contract_version=1,
            features=self.features,
            runtime="scripted",
            state=LOCATION_STATE_FAILED if self.failure else LOCATION_STATE_LOADED,
            failure=self.failure,
            definitions_digest=digest_of(self.definitions),
        )

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def GetServerInfo(self, request: Any, context: Any) -> pb.GetServerInfoResponse:
        return pb.GetServerInfoResponse(server_info=self.info())

    async def WatchServerInfo(self, request: Any, context: Any) -> AsyncIterator[pb.WatchServerInfoResponse]:
        while True:
            changed = self._changed
            yield pb.WatchServerInfoResponse(server_info=self.info(), caught_up=True)
            await changed.wait()
            if changed is self._broken_off:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "max connection age")

    async def GetDefinitions(self, request: Any, context: Any) -> AsyncIterator[pb.GetDefinitionsResponse]:
        definitions = list(self.definitions)
        digest = digest_of(definitions) if self.trailer_digest is None else self.trailer_digest
        trailer = DefinitionsTrailer(definition_count=len(definitions), digest=digest)
        yield pb.GetDefinitionsResponse(part=DefinitionsPart(header=DefinitionsHeader(code_version="1")))
        for start in range(0, len(definitions), 100):
            batch = DefinitionsBatch(definitions=definitions[start : start + 100])
            yield pb.GetDefinitionsResponse(part=DefinitionsPart(batch=batch))
        yield pb.GetDefinitionsResponse(part=DefinitionsPart(trailer=trailer))

    async def ReloadDefinitions(self, request: Any, context: Any) -> pb.ReloadDefinitionsResponse:
        return pb.ReloadDefinitionsResponse(server_info=self.info())

    async def PlanRun(self, request: pb.PlanRunRequest, context: Any) -> pb.PlanRunResponse:
        return await self.plan(request)

    async def EvaluateSchedule(self, request: pb.EvaluateScheduleRequest, context: Any) -> pb.EvaluateScheduleResponse:
        return await self.schedule(request)

    async def EvaluateSensor(self, request: pb.EvaluateSensorRequest, context: Any) -> pb.EvaluateSensorResponse:
        return await self.sensor(request)

    async def StartWorker(self, request: workers_pb.StartWorkerRequest, context: Any) -> workers_pb.StartWorkerResponse:
        known = any(each.request_id == request.request_id for each in self.started)
        await self.start(request)
        self.started.append(request)
        return workers_pb.StartWorkerResponse(worker_id=request.request_id, started=not known, pid=1)

    async def StopWorker(self, request: workers_pb.StopWorkerRequest, context: Any) -> workers_pb.StopWorkerResponse:
        self.stopped.append(request)
        return workers_pb.StopWorkerResponse(stopped=True)

    async def WatchWorkers(self, request: Any, context: Any) -> AsyncIterator[workers_pb.WatchWorkersResponse]:
        sent = int(request.cursor or 0)
        while True:
            changed = self._changed
            exits, sent = self.exits[sent:], len(self.exits)
            yield workers_pb.WatchWorkersResponse(exits=exits, cursor=str(sent), caught_up=True)
            await changed.wait()
