"""One tick: ask the location, make its wishes into runs, commit all of it together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import grpc

from headrace import faults
from headrace.api.codeloc.v1 import code_location_service_pb2 as codeloc
from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, CommitTickResponse
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, FAILURE_ORIGIN_USER_CODE, Failure
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_KIND_SCHEDULE,
    TICK_RESULT_FAILED,
    TICK_RESULT_SKIPPED,
    TICK_RESULT_SUCCEEDED,
    RunRequest,
    Tick,
    TickResult,
)
from headrace.api.types.v1.run_pb2 import Run
from headrace.clock import Clock
from headrace.errors import (
    DeadlineExceededError,
    HeadraceError,
    LocationNotLoadedError,
    LocationUnreachableError,
    NotFoundError,
    QueueFullError,
    TargetNotFoundError,
    UnavailableError,
)
from headrace.ids import Ids
from headrace.rpc.status import from_rpc_error, rpc_errors
from headrace_services.kit.service import Peers
from headrace_services.scheduler.instigators import Entry, moment
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.preparing import Preparer
from headrace_services.scheduler.runs import run_of
from headrace_services.scheduler.stubs import Storage, code_location

_SECONDS = 65.0
_MOST_RUNS = 1_000
# These say nothing about the schedule or sensor: the same question may be answered later.
_LATER = (UnavailableError, LocationNotLoadedError, NotFoundError, QueueFullError)

Answer = codeloc.EvaluateScheduleResponse | codeloc.EvaluateSensorResponse


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of asking a schedule or sensor.

    Attributes:
        tick: The tick as it would be stored.
        requests: What it asks for.
        runs: That, as runs that can be stored.
    """

    tick: Tick
    requests: Sequence[RunRequest]
    runs: Sequence[Run]

    @property
    def failed(self) -> bool:
        """Whether it came to nothing by a fault."""
        return self.tick.result == TICK_RESULT_FAILED


class Evaluator:
    """Asks and commits."""

    def __init__(
        self, storage: Storage, preparer: Preparer, peers: Peers, metrics: SchedulerMetrics, clock: Clock, ids: Ids
    ) -> None:
        self._storage = storage
        self._metrics = metrics
        self._preparer = preparer
        self._peers = peers
        self._clock = clock
        self._ids = ids

    async def decide(self, entry: Entry, address: str, due: datetime, cursor: str | None = None) -> Decision:
        """Asks what a moment calls for.

        Args:
            entry: The schedule or sensor.
            address: Where its location is.
            due: The moment.
            cursor: What a sensor is told instead of its own cursor.

        Raises:
            LocationUnreachableError: its location, or the coordinator, cannot answer now.
        """
        tick = Tick(ref=entry.key.ref(), cursor=entry.cursor if cursor is None else cursor)
        tick.due_time.FromDatetime(due)
        tick.start_time.FromDatetime(self._clock.now())
        try:
            answer = await self._ask(entry, address, tick)
            return await self._decision(entry, tick, answer)
        except _LATER as error:
            raise LocationUnreachableError(
                f"code location {entry.key.location_name!r} cannot decide now: {error}",
                metadata={"location": entry.key.location_name},
            ) from None
        except DeadlineExceededError:
            message = f"its code location did not decide within {_SECONDS:g} s"
            return _failed(tick, Failure(type="EVALUATION_TIMEOUT", message=message, origin=FAILURE_ORIGIN_USER_CODE))
        except HeadraceError as error:
            failure = Failure(type=error.reason, message=str(error), origin=FAILURE_ORIGIN_SYSTEM)
            return _failed(tick, failure)

    async def commit(self, entry: Entry, decision: Decision, request_id: str = "") -> CommitTickResponse:
        """Stores a decision with all that comes of it.

        Args:
            entry: The schedule or sensor.
            decision: What came of asking it.
            request_id: Makes repeats harmless, where somebody else asked for the tick.

        Raises:
            AbortedError: the schedule or sensor changed since it was read.
        """
        request = CommitTickRequest(
            request_id=request_id or self._ids.uuid7(), tick=decision.tick, runs=decision.runs, etag=entry.etag
        )
        faults.point("scheduler.before_commit")
        with rpc_errors("storage"):
            answer = await self._storage.ticks.CommitTick(request)
        faults.point("scheduler.after_commit")
        self._count(entry, decision.tick, answer, by_hand=bool(request_id))
        return answer

    def _count(self, entry: Entry, tick: Tick, answer: CommitTickResponse, by_hand: bool) -> None:
        start = moment(tick.start_time)
        result = TickResult.Name(answer.tick.result).removeprefix("TICK_RESULT_").lower()
        self._metrics.committed(
            entry.key.kind_name,
            entry.key.location_name,
            result if answer.committed else "repeated",
            runs=len(answer.tick.run_ids) if answer.committed else 0,
            late=None if by_hand else (start - moment(tick.due_time)).total_seconds(),
            seconds=(self._clock.now() - start).total_seconds(),
        )

    async def _ask(self, entry: Entry, address: str, tick: Tick) -> Answer:
        location = code_location(self._peers.connect(address))
        answer: Answer
        try:
            if entry.key.kind == INSTIGATOR_KIND_SCHEDULE:
                schedule = codeloc.EvaluateScheduleRequest(schedule_name=entry.key.name, due_time=tick.due_time)
                answer = await location.EvaluateSchedule(schedule, timeout=_SECONDS)
            else:
                answer = await location.EvaluateSensor(_sensor_request(entry, tick), timeout=_SECONDS)
        except grpc.RpcError as error:
            raise from_rpc_error(error, address) from None
        faults.point(
            "scheduler.after_evaluate" if entry.key.kind == INSTIGATOR_KIND_SCHEDULE else "sensor.after_evaluate"
        )
        return answer

    async def _decision(self, entry: Entry, tick: Tick, answer: Answer) -> Decision:
        tick.log_lines.extend(answer.log_lines)
        if answer.HasField("failure"):
            return _failed(tick, answer.failure)
        if isinstance(answer, codeloc.EvaluateSensorResponse) and answer.HasField("cursor"):
            tick.cursor = answer.cursor
        if not answer.run_requests:
            tick.result, tick.skip_message = TICK_RESULT_SKIPPED, answer.skip_message
            return Decision(tick, (), ())
        try:
            runs = await self._runs(entry, answer.run_requests)
        except TargetNotFoundError as error:
            tick.cursor = entry.cursor
            return _failed(
                tick, Failure(type="RUN_REQUEST_INVALID", message=str(error), origin=FAILURE_ORIGIN_USER_CODE)
            )
        tick.result = TICK_RESULT_SUCCEEDED
        return Decision(tick, answer.run_requests, runs)

    async def _runs(self, entry: Entry, requests: Sequence[RunRequest]) -> list[Run]:
        """Returns the runs that are asked for.

        Raises:
            TargetNotFoundError: one of them cannot be made.
        """
        if len(requests) > _MOST_RUNS:
            raise TargetNotFoundError(f"it asks for {len(requests)} runs, at most {_MOST_RUNS} are made at once")
        runs = [run_of(request, entry, self._ids.uuid7()) for request in requests]
        prepared = await self._preparer.prepare(entry.key.location_name, runs)
        for request, each in zip(requests, prepared, strict=True):
            if each.problem:
                which = f"the run with the key {request.run_key!r}" if request.run_key else "a run it asks for"
                raise TargetNotFoundError(f"{which} cannot be made: {each.problem}")
        return [each.run for each in prepared]


def _sensor_request(entry: Entry, tick: Tick) -> codeloc.EvaluateSensorRequest:
    stored = entry.stored
    return codeloc.EvaluateSensorRequest(
        sensor_name=entry.key.name,
        cursor=tick.cursor,
        last_run_key=stored.last_run_key if stored is not None else "",
        last_tick_time=stored.last_tick_time if stored is not None and stored.HasField("last_tick_time") else None,
    )


def _failed(tick: Tick, failure: Failure) -> Decision:
    tick.result = TICK_RESULT_FAILED
    tick.failure.CopyFrom(failure)
    return Decision(tick, (), ())
