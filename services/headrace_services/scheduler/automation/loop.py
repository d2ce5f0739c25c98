"""Evaluating the automation conditions that are due."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from headrace.clock import Clock
from headrace.errors import AbortedError, HeadraceError
from headrace.rpc.retry import RetryPolicy
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.automation.cursors import FeedCursor
from headrace_services.scheduler.automation.desk import AutomationDesk
from headrace_services.scheduler.automation.watch import Watch
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.evaluation import Evaluator
from headrace_services.scheduler.instigators import Entry, Key
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.mirror import Mirror
from headrace_services.scheduler.sensors import interval
from headrace_services.scheduler.shards import LEASE_SECONDS, Shards, shard_of

logger = logging.getLogger(__name__)

# What is switched on, and what another replica has left, is noticed within this.
LONGEST_SLEEP_SECONDS = 1.0
_LATER = RetryPolicy(first_seconds=0.5, longest_seconds=5.0)
# Doubled with each failure in a row.
_AFTER_FAILURE = timedelta(seconds=1)


class AutomationLoop:
    """Evaluates sensors of automation conditions when something has happened to their assets, or their time has come."""

    def __init__(
        self,
        enabled: bool,
        desk: AutomationDesk,
        book: Book,
        mirror: Mirror,
        shards: Shards,
        evaluator: Evaluator,
        metrics: SchedulerMetrics,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._enabled = enabled
        self._desk = desk
        self._book = book
        self._mirror = mirror
        self._shards = shards
        self._evaluator = evaluator
        self._metrics = metrics
        self._clock = clock
        self._tasks = tasks
        self._not_before: dict[Key, datetime] = {}

    async def tick(self, now: datetime) -> float | None:
        """Begins to evaluate what is due; returns when to look again."""
        entries = [entry for entry in self._book.automation() if entry.is_on and self._enabled]
        for key in self._desk.following.keys() - {entry.key for entry in entries}:
            self._desk.leave(key)
            self._not_before.pop(key, None)
        soonest = LONGEST_SLEEP_SECONDS
        for entry in entries:
            if not entry.busy and self._not_before.get(entry.key, now) <= now:
                soonest = min(soonest, self._begin_if_due(entry, now))
        return max(soonest, 0.01)

    def _begin_if_due(self, entry: Entry, now: datetime) -> float:
        place = self._book.places.get(entry.key.location_name)
        if place is None or not place.usable:
            return LONGEST_SLEEP_SECONDS
        known = self._desk.following.get(entry.key)
        stale = known is None or not known.watch.holds(place.digest, FeedCursor.read(entry.cursor).feed)
        due = now if stale or known is None else known.watch.due(now)
        if due is None:
            return LONGEST_SLEEP_SECONDS
        if due <= now:
            entry.busy = True
            self._tasks.spawn(self._evaluate(entry), f"automation {entry.key.name}")
        return max((due - now).total_seconds(), 0.0) if due > now else LONGEST_SLEEP_SECONDS

    async def _evaluate(self, entry: Entry) -> None:
        kind, location = entry.key.kind_name, entry.key.location_name
        try:
            with self._shards.busy(shard_of(entry.key)):
                await self._evaluate_if_ours(entry)
            entry.failures = 0
        except AbortedError:
            self._metrics.put_off(kind, location, "changed")
            await self._mirror.refresh()
        except HeadraceError as error:
            entry.failures += 1
            delay = _LATER.delay(entry.failures)
            self._put_off(entry, delay)
            self._metrics.put_off(kind, location, "unreachable")
            details = {"instigator": entry.key.name, "location": location, "problem": str(error), "retry_in": delay}
            logger.warning("automation conditions were put off", extra=details)
        finally:
            entry.busy = False
            self._desk.wake()

    async def _evaluate_if_ours(self, entry: Entry) -> None:
        grant = await self._shards.take(shard_of(entry.key))
        if grant.interrupted:
            await self._mirror.refresh()
        if not grant.held:
            self._put_off(entry, LEASE_SECONDS)
            return
        place = self._book.places[entry.key.location_name]
        watch = await self._desk.follow(entry, place.digest)
        now = self._clock.now()
        due = watch.due(now)
        if due is None or due > now:
            # It has only just begun to follow.
            return
        await self._ask_and_commit(entry, place.address, watch, now)

    async def _ask_and_commit(self, entry: Entry, address: str, watch: Watch, now: datetime) -> None:
        occasion, mark = await self._desk.occasion(watch, now, FeedCursor.read(entry.cursor))
        decision = await self._evaluator.decide(entry, address, occasion)
        answer = await self._evaluator.commit(entry, decision)
        self._book.store([answer.instigator])
        if decision.failed:
            failures = answer.instigator.failure_count
            self._put_off(entry, interval(_AFTER_FAILURE, failures).total_seconds())
            return
        if decision.tick.backfills:
            # The next evaluation must know of it, however soon it comes.
            self._desk.backfills.expire()
        watch.committed(mark, decision.next_evaluation, decision.watched, self._clock.now())

    def _put_off(self, entry: Entry, seconds: float) -> None:
        self._not_before[entry.key] = self._clock.now() + timedelta(seconds=seconds)
