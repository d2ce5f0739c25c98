"""EvaluateNow: evaluate a schedule or sensor as if it were due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from headrace.api.scheduler.v1.scheduler_service_pb2 import EvaluateNowRequest, EvaluateNowResponse
from headrace.api.types.v1.instigator_pb2 import INSTIGATOR_KIND_SENSOR
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_AUTOMATION, SensorDefinition
from headrace.errors import AbortedError, InvalidArgumentError, LocationUnreachableError
from headrace_services.scheduler.context import Scheduler
from headrace_services.scheduler.evaluation import Decision
from headrace_services.scheduler.instigators import Entry, key_of, moment
from headrace_services.scheduler.occasions import Occasion

# The loop may be evaluating the same one.
_TRIES = 3


async def evaluate_now(request: EvaluateNowRequest, scheduler: Scheduler) -> EvaluateNowResponse:
    """Asks the location; commits the tick unless it is a dry run."""
    entry = scheduler.book.find(key_of(request.ref))
    now = scheduler.clock.now()
    due = moment(request.due_time) if request.HasField("due_time") else now
    _check(request, entry, due, now)
    for _ in range(_TRIES):
        try:
            return await _evaluate(request, entry, due, scheduler)
        except AbortedError:
            await scheduler.mirror.refresh()
    raise AbortedError(f"{entry.key.name} is being evaluated by somebody else all the time; try again")


async def _evaluate(
    request: EvaluateNowRequest, entry: Entry, due: datetime, scheduler: Scheduler
) -> EvaluateNowResponse:
    place = scheduler.book.places[entry.key.location_name]
    if not place.usable:
        why = f": {place.problem}" if place.problem else ""
        raise LocationUnreachableError(
            f"code location {entry.key.location_name!r} cannot decide now{why}",
            metadata={"location": entry.key.location_name},
        )
    cursor = request.cursor if request.HasField("cursor") else None
    decision = await scheduler.evaluator.decide(entry, place.address, await _occasion(entry, due, cursor, scheduler))
    if request.dry_run:
        return _shown(decision)
    answer = await scheduler.evaluator.commit(entry, decision, request.request_id)
    scheduler.book.store([answer.instigator])
    if not answer.committed:
        return EvaluateNowResponse(tick=answer.tick)
    return _shown(replace(decision, tick=answer.tick))


def _shown(decision: Decision) -> EvaluateNowResponse:
    return EvaluateNowResponse(
        tick=decision.tick,
        run_requests=decision.requests,
        partition_changes=decision.partition_changes,
        asset_events=decision.asset_events,
    )


async def _occasion(entry: Entry, due: datetime, cursor: str | None, scheduler: Scheduler) -> Occasion:
    definition, place = entry.definition, scheduler.book.places[entry.key.location_name]
    if isinstance(definition, SensorDefinition) and definition.kind == SENSOR_KIND_AUTOMATION:
        return await scheduler.automation.occasion_by_hand(entry, place.digest, due, cursor)
    return Occasion(due, cursor, asset_records=await scheduler.assets.records(entry))


def _check(request: EvaluateNowRequest, entry: Entry, due: datetime, now: datetime) -> None:
    if request.dry_run:
        return
    if request.HasField("cursor"):
        raise InvalidArgumentError(violations={"cursor": "only a dry run may be told another cursor; set the sensor's"})
    if due > now:
        raise InvalidArgumentError(violations={"due_time": "lies ahead: it can only be evaluated in a dry run"})
    if request.HasField("due_time") and entry.key.kind == INSTIGATOR_KIND_SENSOR:
        raise InvalidArgumentError(violations={"due_time": "a sensor has no due times"})
