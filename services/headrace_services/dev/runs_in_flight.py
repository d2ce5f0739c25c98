"""Ending the runs that are in progress when everything ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import grpc
import grpc.aio

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceStub
from headrace.api.types.v1 import run_pb2
from headrace.clock import Clock

if TYPE_CHECKING:
    from headrace.api.gateway.v1.run_service_pb2_grpc import RunServiceAsyncStub

_IN_PROGRESS = (run_pb2.RUN_STATE_STARTING, run_pb2.RUN_STATE_RUNNING, run_pb2.RUN_STATE_CANCELING)
_MOST = 500
_LOOK_SECONDS = 0.1


class RunsInFlight:
    """The runs in progress, as the gateway tells them."""

    def __init__(self, gateway: grpc.aio.Channel, clock: Clock) -> None:
        self._runs = cast("RunServiceAsyncStub", RunServiceStub(gateway))
        self._clock = clock

    async def find(self) -> list[run_pb2.Run]:
        """Returns them."""
        answer = await self._runs.ListRuns(pb.ListRunsRequest(states=_IN_PROGRESS, page_size=_MOST))
        return list(answer.runs)

    async def cancel(self, runs: list[run_pb2.Run], seconds: float) -> int:
        """Cancels runs, waits until they are over, and returns how many were not in time."""
        deadline = self._clock.monotonic() + seconds
        await asyncio.gather(*(self._cancel(run.run_id) for run in runs))
        while left := len(await self.find()):
            if self._clock.monotonic() > deadline:
                return left
            await self._clock.sleep(_LOOK_SECONDS)
        return 0

    async def _cancel(self, run_id: str) -> None:
        try:
            await self._runs.CancelRun(pb.CancelRunRequest(run_id=run_id))
        except grpc.RpcError:
            pass  # it has ended in the meantime, or it is looked at again below
