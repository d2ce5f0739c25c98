"""Clients that submit, repeat and cancel runs, and keep a history of what they were answered."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc

from faults.history import UNKNOWN, History, Operation, Outcome
from faults.simulation.location import JOB, NAME
from headrace.api.coordinator.v1.coordinator_service_pb2 import CancelRunRequest, SubmitRunRequest
from headrace.api.types.v1.metadata_pb2 import Tag
from headrace.api.types.v1.run_pb2 import Run
from headrace.rpc.status import from_rpc_error

REPEATED, CANCELED = 0.2, 0.2
PATIENCE_SECONDS = 60.0


@dataclass
class Client:
    """One client."""

    coordinator: Any
    chance: random.Random
    pause: float
    history: History = field(default_factory=History)

    async def be(self, seconds: float) -> None:
        """Submits at a steady pace for so long."""
        until = _now() + seconds
        while _now() < until:
            await self._submit()
            await asyncio.sleep(self.pause * self.chance.uniform(0.5, 1.5))

    async def _submit(self) -> None:
        request_id = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        run = Run(location_name=NAME, job_name=JOB, tags=[Tag(key="request", value=request_id)])
        request = SubmitRunRequest(request_id=request_id, run=run)

        async def submit() -> str:
            return str((await self.coordinator.SubmitRun(request)).run.run_id)

        accepted = await self._until_answered("submit", request_id, submit)
        if self.chance.random() < REPEATED:
            await self._until_answered("submit", request_id, submit)
        if accepted is not None and self.chance.random() < CANCELED:
            await asyncio.sleep(self.chance.uniform(0, 1.5))
            await self._cancel(accepted.run_id)

    async def _cancel(self, run_id: str) -> None:
        request = CancelRunRequest(
            request_id=str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), run_id=run_id
        )

        async def cancel() -> str:
            return str((await self.coordinator.CancelRun(request)).run.run_id)

        await self._until_answered("cancel", run_id, cancel)

    async def _until_answered(self, kind: str, key: str, call: Callable[[], Awaitable[str]]) -> Operation | None:
        deadline = _now() + PATIENCE_SECONDS
        while _now() < deadline:
            operation = await self._once(kind, key, call)
            if operation.outcome == "ok":
                return operation
            await asyncio.sleep(0.1)
        return None

    async def _once(self, kind: str, key: str, call: Callable[[], Awaitable[str]]) -> Operation:
        began, run_id, error = _now(), "", ""
        outcome: Outcome = "ok"
        try:
            run_id = await call()
        except grpc.RpcError as failure:
            refusal = from_rpc_error(failure)
            outcome = "unknown" if refusal.code in UNKNOWN else "fail"
            error = f"{refusal.reason}: {refusal}"
        operation = Operation(kind, key, began, _now(), outcome, run_id, error)
        self.history.operations.append(operation)
        return operation


def _now() -> float:
    return asyncio.get_running_loop().time()
