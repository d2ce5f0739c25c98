"""A gateway whose streams break off as a test scripts it: real gRPC, no services behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceServicer, add_RunServiceServicer_to_server
from headrace.api.types.v1 import run_pb2
from headrace.errors import HeadraceError, RunNotFoundError
from headrace.rpc.server import build_server

RUN = "01900000-0000-7000-8000-000000000001"


@dataclass
class ScriptedGateway(RunServiceServicer):
    """Each opening of a stream plays the next part of the script; an error in it ends the stream.

    Attributes:
        script: Per opening, the responses, then perhaps an error.
        cursors: With which cursors, or offsets, streams were opened.
        runs: What ListRuns pages through.
        requests: The requests of CreateRun.
    """

    script: list[list[Any]] = field(default_factory=list)
    cursors: list[Any] = field(default_factory=list)
    runs: int = 0
    requests: list[pb.CreateRunRequest] = field(default_factory=list)
    refuse: list[HeadraceError] = field(default_factory=list)

    async def CreateRun(self, request: pb.CreateRunRequest, context: Any) -> pb.CreateRunResponse:
        self.requests.append(request)
        if self.refuse:
            raise self.refuse.pop(0)
        return pb.CreateRunResponse(run=run_pb2.Run(run_id=RUN, state=run_pb2.RUN_STATE_QUEUED), created=True)

    async def GetRun(self, request: pb.GetRunRequest, context: Any) -> pb.GetRunResponse:
        if request.run_id != RUN:
            raise RunNotFoundError(f"there is no run {request.run_id}", metadata={"run_id": request.run_id})
        return pb.GetRunResponse(run=run_pb2.Run(run_id=RUN, state=run_pb2.RUN_STATE_SUCCEEDED))

    async def ListRuns(self, request: pb.ListRunsRequest, context: Any) -> pb.ListRunsResponse:
        first = int(request.page_token or 0)
        last = min(first + request.page_size, self.runs)
        runs = [run_pb2.Run(run_id=str(number)) for number in range(first, last)]
        return pb.ListRunsResponse(runs=runs, next_page_token=str(last) if last < self.runs else "")

    async def WatchRun(self, request: pb.WatchRunRequest, context: Any) -> None:  # type: ignore[override]
        self.cursors.append(request.cursor)
        await self._play(context)

    async def ReadStepLog(self, request: pb.ReadStepLogRequest, context: Any) -> None:  # type: ignore[override]
        self.cursors.append(request.offset)
        await self._play(context)

    async def _play(self, context: Any) -> None:
        for each in self.script.pop(0):
            if isinstance(each, Exception):
                raise each
            await context.write(each)


@dataclass
class Served:
    """A scripted gateway that listens."""

    gateway: ScriptedGateway
    target: str


@pytest.fixture
def served() -> Iterator[Served]:
    """A scripted gateway in a thread of its own, so that the synchronous client may block."""
    gateway = ScriptedGateway()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        server = build_server([lambda to: add_RunServiceServicer_to_server(gateway, to)], "127.0.0.1:0")
        await server.start()
        return server

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield Served(gateway, str(server.address))
    asyncio.run_coroutine_threadsafe(server.stop(0), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
