"""A worker in a simulated process: it keeps the rules of a real one, and says what its user code does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc

from faults.witness import Sighting, What
from headrace.api.codeloc.v1.worker_host_service_pb2 import StartWorkerRequest
from headrace.api.types.v1.event_pb2 import Event, StepStarted, StepSucceeded
from headrace.api.types.v1.run_pb2 import RUN_STATE_CANCELED, RUN_STATE_FAILED, RUN_STATE_SUCCEEDED
from headrace.api.worker.v1 import worker_service_pb2 as pb
from headrace.rpc.status import is_final

CALL_SECONDS = 2.0
CLAIM_SECONDS = 10.0
MARGIN_SECONDS = 1.0
STEPS = 4
FAILS = 0.1

Say = Callable[[Sighting], None]
KillAt = Callable[[float], None]


class LeaseLostError(Exception):
    """The worker must not act for its run any more."""


@dataclass
class Worker:
    """One worker.

    Attributes:
        number: In place of a process id.
        request: What it was started for.
        stub: The coordinator.
        say: Is told what user code does.
        kill_at: Sets the kernel's timer, which ends the process whether it is frozen or not.
        chance: Decides what user code does.
        moments: Tells wall time in microseconds, no moment twice.
    """

    number: int
    request: StartWorkerRequest
    stub: Any
    say: Say
    kill_at: KillAt
    chance: random.Random
    moments: Callable[[], int]
    canceled: bool = False
    lease_ends: float = 0.0
    _batch: int = 0
    _reports: list[Event] = field(default_factory=list)

    async def work(self) -> int:
        """Executes the run; returns the exit code."""
        claimed = await self._claim()
        if claimed is None:
            return 0
        self._claimed = claimed
        self._ttl = claimed.lease_ttl.ToTimedelta().total_seconds()
        self._renew(self._asked_at)
        interval = claimed.heartbeat_interval.ToTimedelta().total_seconds()
        beating = asyncio.ensure_future(self._beat(interval))
        try:
            state = await self._execute()
            await self._finish(state)
        except LeaseLostError:
            return 1
        finally:
            beating.cancel()
        return 0

    async def _claim(self) -> pb.ClaimRunResponse | None:
        request = pb.ClaimRunRequest(
            request_id=f"claim-{self.number}",
            run_id=self.request.run_id,
            launch_token=self.request.launch_token,
            worker=f"worker {self.number}",
        )
        try:
            claimed: pb.ClaimRunResponse = await self._call(self.stub.ClaimRun, request, _now() + CLAIM_SECONDS)
        except (LeaseLostError, grpc.RpcError):
            return None
        return claimed

    async def _call(self, method: Callable[..., Awaitable[Any]], request: Any, deadline: float | None = None) -> Any:
        """Tries until the lease ends, or until another moment."""
        while True:
            self._asked_at = _now()
            left = (self._stops_at if deadline is None else deadline) - self._asked_at
            if left <= 0:
                raise LeaseLostError
            try:
                return await method(request, timeout=min(left, CALL_SECONDS))
            except grpc.RpcError as error:
                if is_final(error):
                    raise LeaseLostError from None
                await asyncio.sleep(self.chance.uniform(0.05, 0.3))

    @property
    def _stops_at(self) -> float:
        return self.lease_ends - MARGIN_SECONDS

    def _renew(self, asked_at: float) -> None:
        self.lease_ends = max(self.lease_ends, asked_at + self._ttl)
        self.kill_at(self.lease_ends - MARGIN_SECONDS / 2)

    def _signed(self, request: Any) -> Any:
        request.run_id, request.epoch = self.request.run_id, self._claimed.epoch
        request.run_token = self._claimed.run_token
        return request

    async def _beat(self, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            asked_at = _now()
            try:
                answer = await self.stub.Heartbeat(self._signed(pb.HeartbeatRequest()), timeout=CALL_SECONDS)
            except grpc.RpcError:
                # Whether the lease is lost is seen at the next report, and its end is watched by the kernel.
                continue
            self._renew(asked_at)
            self.canceled |= answer.cancel_requested

    async def _execute(self) -> int:
        for number in range(STEPS):
            if self.canceled:
                return RUN_STATE_CANCELED
            if _now() >= self._stops_at:
                raise LeaseLostError
            step = f"step_{number}"
            self._witness(step, "start")
            await self._report(Event(step_key=step, step_started=StepStarted()), self._line(step, "began"))
            await asyncio.sleep(self.chance.expovariate(1 / 0.4))
            self._witness(step, "stop")
            if self.chance.random() < FAILS / STEPS:
                return RUN_STATE_FAILED
            await self._report(self._line(step, "ended"), Event(step_key=step, step_succeeded=StepSucceeded()))
        return RUN_STATE_SUCCEEDED

    def _line(self, step: str, what: str) -> Event:
        event = Event(step_key=step)
        event.log_recorded.message = f"{self.number} {step} {what}"
        return event

    def _witness(self, step: str, what: What) -> None:
        self.say(Sighting(self.request.run_id, self.number, self.number, step, 0, what, _now()))

    async def _report(self, *events: Event) -> None:
        request = self._signed(pb.ReportEventsRequest(batch=self._batch + 1, events=self._stamped(events)))
        answer = await self._call(self.stub.ReportEvents, request)
        self._renew(self._asked_at)
        self._batch += 1
        self.canceled |= answer.cancel_requested

    async def _finish(self, state: int) -> None:
        request = self._signed(pb.FinishRunRequest(state=state))  # type: ignore[arg-type]
        if self.chance.random() < 0.5:
            request.batch = self._batch + 1
            request.events.extend(self._stamped([self._line("", "last words")]))
        await self._call(self.stub.FinishRun, request)

    def _stamped(self, events: Any) -> list[Event]:
        for event in events:
            event.run_id = self.request.run_id
            event.event_time.FromMicroseconds(self.moments())
        return list(events)


def _now() -> float:
    return asyncio.get_running_loop().time()
