"""Headrace as `headrace dev` starts it, driven through the gateway's public API."""

from __future__ import annotations

import asyncio
import sys
import uuid
from pathlib import Path

import grpc
from side import Side, free_port

from headrace.api.gateway.v1.location_service_pb2 import ListLocationsRequest
from headrace.api.gateway.v1.location_service_pb2_grpc import LocationServiceStub
from headrace.api.gateway.v1.run_service_pb2 import CreateRunRequest, GetRunRequest, WatchRunRequest
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceStub
from headrace.api.types.v1.location_pb2 import LOCATION_STATE_LOADED
from headrace.api.types.v1.run_pb2 import RUN_STATE_SUCCEEDED

JOBS = Path(__file__).with_name("jobs.py")
CALL_TIMEOUT = 10.0
RUN_TIMEOUT = 600.0


class HeadraceSide(Side):
    """Defaults throughout: SQLite, queued coordinator, `headrace dev`."""

    name = "headrace"

    def start(self) -> None:
        """Starts `headrace dev` and waits for its location."""
        self.loop = asyncio.new_event_loop()
        self.target = f"127.0.0.1:{free_port()}"
        self.env |= {"HEADRACE_HOME": str(self.directory / "home"), "BENCH_API": "headrace"}
        port = self.target.partition(":")[2]
        command = Path(sys.executable).with_name("headrace")
        self.spawn(command, "dev", "-f", JOBS, "--port", port, "--web-port", str(free_port()))
        self.channel = self.loop.run_until_complete(self._open())
        self.runs = RunServiceStub(self.channel)
        self.await_ready(self._location_loaded)

    def stop(self) -> None:
        """Closes the channel, then ends the processes."""
        if hasattr(self, "channel"):
            self.loop.run_until_complete(self.channel.close())
        super().stop()

    def run(self, job: str, count: int = 1) -> None:
        """Submits and watches all runs at once."""
        self.loop.run_until_complete(self._run_all(job, count))

    async def _open(self) -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(self.target, options=[("grpc.max_reconnect_backoff_ms", 50)])

    def _location_loaded(self) -> bool:
        return self.loop.run_until_complete(self._ask_locations())

    async def _ask_locations(self) -> bool:
        try:
            answer = await LocationServiceStub(self.channel).ListLocations(ListLocationsRequest(), timeout=CALL_TIMEOUT)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.locations) and all(each.state == LOCATION_STATE_LOADED for each in answer.locations)

    async def _run_all(self, job: str, count: int) -> None:
        await asyncio.gather(*(self._run_one(job) for _ in range(count)))

    async def _run_one(self, job: str) -> None:
        request = CreateRunRequest(request_id=str(uuid.uuid4()), job_name=job)
        run_id = (await self.runs.CreateRun(request, timeout=CALL_TIMEOUT)).run.run_id
        async for _ in self.runs.WatchRun(WatchRunRequest(run_id=run_id), timeout=RUN_TIMEOUT):
            pass
        run = (await self.runs.GetRun(GetRunRequest(run_id=run_id), timeout=CALL_TIMEOUT)).run
        if run.state != RUN_STATE_SUCCEEDED:
            raise RuntimeError(f"headrace's run {run_id} of {job} ended as {run.state}: {run.failure.message}")


make = HeadraceSide
