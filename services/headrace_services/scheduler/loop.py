"""The loop that evaluates what is due."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from headrace.api.types.v1.schedule_pb2 import ScheduleDefinition
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_RUN_STATE
from headrace.clock import Clock
from headrace.errors import AbortedError, HeadraceError, LocationUnreachableError
from headrace.rpc.retry import RetryPolicy
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler import catchup
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.evaluation import Decision, Evaluator
from headrace_services.scheduler.events.assets import WatchedAssets
from headrace_services.scheduler.events.run_sensors import RunSensors
from headrace_services.scheduler.instigators import Entry, Key
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.mirror import Mirror
from headrace_services.scheduler.occasions import Occasion
from headrace_services.scheduler.settings import SchedulerSettings
from headrace_services.scheduler.shards import LEASE_SECONDS, Shards, shard_of

logger = logging.getLogger(__name__)

# A wall clock that was set forward must be noticed although nothing wakes the loop.
LONGEST_SLEEP_SECONDS = 10.0
# Not rarer: ticks are to be committed soon after an outage, however long it was.
_LATER = RetryPolicy(first_seconds=0.5, longest_seconds=5.0)


class TickLoop:
    """Takes what is due from the timetable and evaluates it, many at once."""

    def __init__(
        self,
        settings: SchedulerSettings,
        book: Book,
        mirror: Mirror,
        shards: Shards,
        evaluator: Evaluator,
        run_sensors: RunSensors,
        assets: WatchedAssets,
        metrics: SchedulerMetrics,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._settings = settings
        self._book = book
        self._mirror = mirror
        self._shards = shards
        self._evaluator = evaluator
        self._run_sensors = run_sensors
        self._assets = assets
        self._metrics = metrics
        self._clock = clock
        self._tasks = tasks

    async def tick(self, now: datetime) -> float | None:
        """Begins to evaluate what is due; returns when the next one is."""
        shards: dict[int, list[Key]] = defaultdict(list)
        for key in self._book.timetable.take_due(now):
            shards[shard_of(key)].append(key)
        await asyncio.gather(*(self._begin(shard, keys, now) for shard, keys in shards.items()))
        due = self._book.timetable.next()
        if due is None:
            return LONGEST_SLEEP_SECONDS
        return min(max((due - self._clock.now()).total_seconds(), 0.0), LONGEST_SLEEP_SECONDS)

    async def _begin(self, shard: int, keys: list[Key], now: datetime) -> None:
        try:
            grant = await self._shards.take(shard)
            if grant.interrupted:
                await self._mirror.refresh()
        except BaseException:
            self._put_back(keys, now + timedelta(seconds=1))
            raise
        if not grant.held:
            self._put_back(keys, now + timedelta(seconds=LEASE_SECONDS))
            return
        for key in keys:
            entry = self._book.get(key)
            if entry is not None and entry.is_on and not entry.busy:
                entry.busy = True
                self._tasks.spawn(self._evaluate(entry, shard), f"{key.kind_name} {key.name}")

    def _put_back(self, keys: Iterable[Key], not_before: datetime) -> None:
        for key in keys:
            self._book.plan(key, not_before)

    async def _evaluate(self, entry: Entry, shard: int) -> None:
        kind, location = entry.key.kind_name, entry.key.location_name
        again: float | None = None
        try:
            with self._shards.busy(shard):
                again = await self._evaluate_due(entry)
        except AbortedError:
            self._metrics.put_off(kind, location, "changed")
            await self._mirror.refresh()
        except LocationUnreachableError as error:
            again = self._put_off(entry, "unreachable", error)
        except HeadraceError as error:
            again = self._put_off(entry, "storage", error)
        finally:
            entry.busy = False
            self._book.plan(entry.key, None if again is None else self._clock.now() + timedelta(seconds=again))

    def _put_off(self, entry: Entry, reason: str, error: HeadraceError) -> float:
        entry.failures += 1
        delay = _LATER.delay(entry.failures)
        self._metrics.put_off(entry.key.kind_name, entry.key.location_name, reason)
        details = {"instigator": entry.key.name, "location": entry.key.location_name, "problem": str(error)}
        logger.warning("an evaluation was put off", extra={**details, "retry_in": delay})
        return delay

    async def _evaluate_due(self, entry: Entry) -> float | None:
        """Evaluates each tick that is due; returns a delay if one of them is to be repeated after it."""
        if entry.sensor_kind == SENSOR_KIND_RUN_STATE:
            return await self._run_sensors.evaluate(entry)
        for due in self._due(entry):
            place = self._book.places.get(entry.key.location_name)
            if place is None or not place.usable:
                return None
            records = await self._assets.records(entry)
            decision = await self._evaluator.decide(entry, place.address, Occasion(due, asset_records=records))
            entry.failures = 0
            if decision.failed and entry.attempts < self._settings.max_tick_retries:
                entry.attempts += 1
                self._metrics.put_off(entry.key.kind_name, entry.key.location_name, "failed")
                return _LATER.delay(entry.attempts)
            await self._commit(entry, decision)
            entry.attempts = 0
        return None

    def _due(self, entry: Entry) -> list[datetime]:
        now = self._clock.now()
        if not entry.is_on:
            return []
        if not isinstance(entry.definition, ScheduleDefinition):
            due = entry.next_due(now)
            return [now] if due is not None and due <= now else []
        most = catchup.ticks_to_make_up(
            entry.tags.get(catchup.CATCHUP_TAG),
            self._settings.max_catchup_runs,
            wanted=entry.definition.makes_up_for_missed,
        )
        return catchup.due_ticks(entry.cadence(), entry.counted_from(), now, most)

    async def _commit(self, entry: Entry, decision: Decision) -> None:
        answer = await self._evaluator.commit(entry, decision)
        self._book.store([answer.instigator])
