"""ReadStepLog: what a step's attempt wrote, also while it writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.api.storage.v1 import event_log_service_pb2 as event_log_pb2
from headrace.api.storage.v1 import run_store_service_pb2 as run_store_pb2
from headrace.api.types.v1 import event_pb2, run_pb2
from headrace.clock import Clock
from headrace.errors import InvalidArgumentError, LogNotFoundError, LogsNotCapturedError, LogUnreadableError
from headrace_services.gateway.compute_logs import ComputeLogs
from headrace_services.gateway.stubs import Backends

_LIFE_SECONDS = 10.0
_ENDS_OF_ATTEMPTS = ("step_succeeded", "step_failed", "step_retry_scheduled", "step_skipped")
_PAGE_SIZE = 1000


class StepLogs:
    """Reads step logs; `logs` is None where the deployment keeps none on this machine."""

    def __init__(self, backends: Backends, logs: ComputeLogs | None, clock: Clock) -> None:
        self._backends = backends
        self._logs = logs
        self._clock = clock

    async def read(self, request: pb.ReadStepLogRequest) -> AsyncIterator[pb.ReadStepLogResponse]:
        """Yields the pieces of a log.

        Raises:
            LogsNotCapturedError: no logs are kept here.
            LogNotFoundError: the step has written none.
            LogUnreadableError: it is kept where it cannot be read from here.
        """
        if self._logs is None:
            raise LogsNotCapturedError("this deployment keeps no output of steps where the gateway could read it")
        if "/" in request.step_key or request.offset < 0:
            # A step's key is no path.
            raise InvalidArgumentError(violations={"step_key": "a step's key has no slash; `offset` is 0 or more"})
        answer = await self._backends.runs.GetRun(run_store_pb2.GetRunRequest(run_id=request.run_id))
        attempt = await self._attempt(self._logs, request, answer.run)
        log = partial(self._logs.read, request.run_id, request.step_key, attempt, request.stream)
        offset, silent_since = request.offset, self._clock.monotonic()
        over_since: float | None = None
        while True:
            # Asked before the log is read: what was written until then is in it.
            if over_since is None and await self._is_over(request, attempt, answer.run):
                over_since = self._clock.monotonic()
            complete = over_since is not None and await self._is_whole(self._logs, request, attempt, over_since)
            while data := await asyncio.to_thread(log, offset):
                offset += len(data)
                silent_since = self._clock.monotonic()
                yield pb.ReadStepLogResponse(data=data, next_offset=offset)
            if complete and data is None:
                place = await asyncio.to_thread(
                    self._logs.place_of, request.run_id, request.step_key, attempt, request.stream
                )
                raise _gone(request, attempt, place)
            if complete or not request.follow:
                yield pb.ReadStepLogResponse(next_offset=offset, complete=complete)
                return
            if self._clock.monotonic() - silent_since > _LIFE_SECONDS:
                silent_since = self._clock.monotonic()
                yield pb.ReadStepLogResponse(next_offset=offset)
            await self._clock.sleep(self._logs.look_seconds)

    async def _is_whole(
        self, logs: ComputeLogs, request: pb.ReadStepLogRequest, attempt: int, over_since: float
    ) -> bool:
        """Tells whether all is there that an attempt wrote which was seen to be over at that time."""
        if self._clock.monotonic() - over_since >= logs.settle_seconds:
            return True
        answer = await self._backends.runs.GetRun(run_store_pb2.GetRunRequest(run_id=request.run_id))
        # A run ends when everything is stored that can be.
        return answer.run.HasField("finish_time") or await asyncio.to_thread(
            logs.is_complete, request.run_id, request.step_key, attempt, request.stream
        )

    async def _attempt(self, logs: ComputeLogs, request: pb.ReadStepLogRequest, run: run_pb2.Run) -> int:
        """Returns the attempt to read, once there is one."""
        while True:
            newest = await asyncio.to_thread(logs.newest_attempt, request.run_id, request.step_key)
            if newest >= max(request.attempt, 1):
                return request.attempt or newest
            if not request.follow or await self._is_over(request, 0, run):
                attempt = f" in attempt {request.attempt}" if request.attempt else ""
                raise LogNotFoundError(
                    f"step {request.step_key!r} of run {request.run_id} has written no log{attempt}",
                    metadata={"run_id": request.run_id, "step_key": request.step_key},
                )
            await self._clock.sleep(logs.look_seconds)

    async def _is_over(self, request: pb.ReadStepLogRequest, attempt: int, run: run_pb2.Run) -> bool:
        """Tells whether the attempt, or the run, is over; attempt 0 stands for the step."""
        if run.HasField("finish_time"):
            return True
        ends = await self._backends.events.ListEvents(
            event_log_pb2.ListEventsRequest(
                filter=event_log_pb2.EventFilter(
                    run_id=request.run_id, step_key=request.step_key, kinds=_ENDS_OF_ATTEMPTS
                ),
                page_size=_PAGE_SIZE,
            )
        )
        if any(_ends(event, attempt) for event in ends.events):
            return True
        answer = await self._backends.runs.GetRun(run_store_pb2.GetRunRequest(run_id=request.run_id))
        return answer.run.HasField("finish_time")


def _gone(request: pb.ReadStepLogRequest, attempt: int, place: str) -> LogUnreadableError:
    return LogUnreadableError(
        f"the output of attempt {attempt} of step {request.step_key!r} of run {request.run_id} is not at {place}: it could "
        "not be stored, of which the run's own log tells, or it was removed since",
        metadata={"run_id": request.run_id, "step_key": request.step_key},
    )


def _ends(event: event_pb2.Event, attempt: int) -> bool:
    if attempt == 0:
        return event.WhichOneof("detail") != "step_retry_scheduled"
    return event.attempt >= attempt
