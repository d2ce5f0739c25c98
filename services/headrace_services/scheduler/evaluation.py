"""One tick: ask the location, make its wishes into runs, commit all of it together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from headrace import faults
from headrace.api.codeloc.v1 import code_location_service_pb2 as codeloc
from headrace.api.storage.v1.tick_store_service_pb2 import CommitTickRequest, CommitTickResponse
from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_SYSTEM, FAILURE_ORIGIN_USER_CODE, Failure
from headrace.api.types.v1.instigator_pb2 import (
    INSTIGATOR_KIND_SCHEDULE,
    TICK_RESULT_FAILED,
    TICK_RESULT_SKIPPED,
    TICK_RESULT_SUCCEEDED,
    DynamicPartitionsChange,
    RunRequest,
    Tick,
    TickResult,
)
from headrace.api.types.v1.run_pb2 import Run
from headrace.clock import Clock
from headrace.errors import (
    DeadlineExceededError,
    HeadraceError,
    InvalidArgumentError,
    LocationNotLoadedError,
    LocationUnreachableError,
    MessageTooLargeError,
    NotFoundError,
    QueueFullError,
    TargetNotFoundError,
    UnavailableError,
)
from headrace.ids import Ids
from headrace_services.scheduler.asking import Questions
from headrace_services.scheduler.committing import Committer
from headrace_services.scheduler.instigators import Entry, moment
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.occasions import Occasion
from headrace_services.scheduler.preparing import Preparer
from headrace_services.scheduler.runs import backfill_of, run_of

_MOST_RUNS = 1_000
# These say nothing about the schedule or sensor: the same question may be answered later.
_LATER = (UnavailableError, LocationNotLoadedError, NotFoundError, QueueFullError)

Answer = codeloc.EvaluateScheduleResponse | codeloc.EvaluateSensorResponse


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of asking a schedule or sensor.

    Attributes:
        tick: The tick as it would be stored.
        etag: Of what the schedule or sensor was when it was asked.
        requests: What it asks for.
        runs: That, as runs that can be stored.
        partition_changes: What it wants changed about dynamic partitions.
        asset_events: What it tells of assets.
        next_evaluation: When automation conditions are to be evaluated again although nothing has happened.
        watched: The assets that automation conditions look at, as paths; None: any.
    """

    tick: Tick
    etag: str = ""
    requests: Sequence[RunRequest] = ()
    runs: Sequence[Run] = ()
    partition_changes: Sequence[DynamicPartitionsChange] = field(default=())
    asset_events: Sequence[Event] = field(default=())
    next_evaluation: datetime | None = None
    watched: frozenset[tuple[str, ...]] | None = None

    @property
    def failed(self) -> bool:
        """Whether it came to nothing by a fault."""
        return self.tick.result == TICK_RESULT_FAILED


class Evaluator:
    """Asks and commits."""

    def __init__(
        self,
        questions: Questions,
        preparer: Preparer,
        committer: Committer,
        metrics: SchedulerMetrics,
        clock: Clock,
        ids: Ids,
        automation_tags: Mapping[str, str],
    ) -> None:
        self._automation_tags = automation_tags
        self._questions = questions
        self._preparer = preparer
        self._committer = committer
        self._metrics = metrics
        self._clock = clock
        self._ids = ids

    async def decide(self, entry: Entry, address: str, occasion: Occasion) -> Decision:
        """Asks what a moment calls for.

        Args:
            entry: The schedule or sensor.
            address: Where its location is.
            occasion: The moment, and what it is about.

        Raises:
            LocationUnreachableError: its location, or the coordinator, cannot answer now.
        """
        # Somebody may change it while its code decides; then what it decides does not count.
        etag = entry.etag
        tick = Tick(ref=entry.key.ref(), cursor=entry.cursor if occasion.cursor is None else occasion.cursor)
        tick.due_time.FromDatetime(occasion.due)
        return replace(await self._decide(entry, address, occasion, tick), etag=etag)

    async def _decide(self, entry: Entry, address: str, occasion: Occasion, tick: Tick) -> Decision:
        try:
            answer = await self._answer(entry, address, occasion, tick)
            return await self._decision(entry, occasion, tick, answer)
        except _LATER as error:
            raise LocationUnreachableError(
                f"code location {entry.key.location_name!r} cannot decide now: {error}",
                metadata={"location": entry.key.location_name},
            ) from None
        except DeadlineExceededError:
            message = f"its code location did not decide within {entry.patience_seconds:g} s"
            return _failed(tick, Failure(type="EVALUATION_TIMEOUT", message=message, origin=FAILURE_ORIGIN_USER_CODE))
        except HeadraceError as error:
            failure = Failure(type=error.reason, message=str(error), origin=FAILURE_ORIGIN_SYSTEM)
            return _failed(tick, failure)

    async def commit(
        self, entry: Entry, decision: Decision, request_id: str = "", *, failed_moves_cursor: bool = False
    ) -> CommitTickResponse:
        """Stores a decision with all that comes of it.

        Args:
            entry: The schedule or sensor.
            decision: What came of asking it.
            request_id: Makes repeats harmless, where somebody else asked for the tick.
            failed_moves_cursor: Whether the cursor moves on although it failed.

        Raises:
            AbortedError: the schedule or sensor changed since it was read.
        """
        request = CommitTickRequest(
            request_id=request_id,
            tick=decision.tick,
            runs=decision.runs,
            etag=decision.etag,
            failed_moves_cursor=failed_moves_cursor,
            partition_changes=decision.partition_changes,
            asset_events=decision.asset_events,
        )
        faults.point("scheduler.before_commit")
        try:
            answer = await self._committer.commit(request)
        except (InvalidArgumentError, MessageTooLargeError) as error:
            # What cannot be stored would not be stored the next time either: at least that is to be known.
            answer = await self._committer.commit(_refused(request, entry, error))
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

    async def _answer(self, entry: Entry, address: str, occasion: Occasion, tick: Tick) -> Answer:
        fixed = entry.fixed_request
        if fixed is not None:
            tick.start_time.FromDatetime(self._clock.now())
            return codeloc.EvaluateScheduleResponse(run_requests=(fixed,))
        async with self._questions.turn(entry.key):
            tick.start_time.FromDatetime(self._clock.now())
            answer = await self._ask(entry, address, occasion, tick)
        faults.point(
            "scheduler.after_evaluate" if entry.key.kind == INSTIGATOR_KIND_SCHEDULE else "sensor.after_evaluate"
        )
        return answer

    async def _ask(self, entry: Entry, address: str, occasion: Occasion, tick: Tick) -> Answer:
        if entry.key.kind == INSTIGATOR_KIND_SCHEDULE:
            schedule = codeloc.EvaluateScheduleRequest(schedule_name=entry.key.name, due_time=tick.due_time)
            return await self._questions.schedule(address, schedule, entry.patience_seconds)
        return await self._questions.sensor(
            address, occasion.sensor_request(entry, tick.cursor), entry.patience_seconds
        )

    async def _decision(self, entry: Entry, occasion: Occasion, tick: Tick, answer: Answer) -> Decision:
        tick.log_lines.extend(answer.log_lines)
        if answer.HasField("failure"):
            return _failed(tick, answer.failure)
        try:
            changes = () if isinstance(answer, codeloc.EvaluateScheduleResponse) else answer.partition_changes
            runs = await self._runs(entry, answer.run_requests, changes)
        except TargetNotFoundError as error:
            return _failed(
                tick, Failure(type="RUN_REQUEST_INVALID", message=str(error), origin=FAILURE_ORIGIN_USER_CODE)
            )
        backfills = () if isinstance(answer, codeloc.EvaluateScheduleResponse) else answer.backfill_requests
        tick.backfills.extend(
            backfill_of(request, entry, self._ids.uuid7(), self._automation_tags) for request in backfills
        )
        if runs or backfills:
            tick.result = TICK_RESULT_SUCCEEDED
        else:
            tick.result, tick.skip_message = TICK_RESULT_SKIPPED, answer.skip_message
        if isinstance(answer, codeloc.EvaluateScheduleResponse):
            return Decision(tick, requests=answer.run_requests, runs=runs)
        if answer.HasField("cursor"):
            tick.cursor = occasion.cursor_left(answer.cursor)
        tick.automation_evaluations.extend(answer.automation_evaluations)
        again = moment(answer.next_evaluation_time) if answer.HasField("next_evaluation_time") else None
        watched = None if answer.watches_all_assets else frozenset(tuple(key.path) for key in answer.watched_assets)
        return Decision(
            tick,
            requests=answer.run_requests,
            runs=runs,
            partition_changes=answer.partition_changes,
            asset_events=answer.asset_events,
            next_evaluation=again,
            watched=watched,
        )

    async def _runs(
        self, entry: Entry, requests: Sequence[RunRequest], changes: Sequence[DynamicPartitionsChange]
    ) -> list[Run]:
        """Returns the runs that are asked for.

        Raises:
            TargetNotFoundError: one of them cannot be made.
        """
        if not requests:
            return []
        if len(requests) > _MOST_RUNS:
            raise TargetNotFoundError(f"it asks for {len(requests)} runs, at most {_MOST_RUNS} are made at once")
        runs = [run_of(request, entry, self._ids.uuid7(), self._automation_tags) for request in requests]
        prepared = await self._preparer.prepare(entry.key.location_name, runs, changes)
        for request, each in zip(requests, prepared, strict=True):
            if each.problem:
                which = f"the run with the key {request.run_key!r}" if request.run_key else "a run it asks for"
                raise TargetNotFoundError(f"{which} cannot be made: {each.problem}")
        return [each.run for each in prepared]


def _refused(request: CommitTickRequest, entry: Entry, error: HeadraceError) -> CommitTickRequest:
    tick = Tick(ref=request.tick.ref, due_time=request.tick.due_time, start_time=request.tick.start_time)
    tick.cursor = request.tick.cursor if request.failed_moves_cursor else entry.cursor
    failure = Failure(type="ANSWER_INVALID", message=str(error), origin=FAILURE_ORIGIN_USER_CODE)
    refused = _failed(tick, failure)
    return CommitTickRequest(
        request_id=request.request_id,
        tick=refused.tick,
        etag=request.etag,
        failed_moves_cursor=request.failed_moves_cursor,
    )


def _failed(tick: Tick, failure: Failure) -> Decision:
    tick.result = TICK_RESULT_FAILED
    tick.failure.CopyFrom(failure)
    return Decision(tick)
