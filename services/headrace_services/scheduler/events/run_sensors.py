"""Asking run-status sensors: one tick for each change of a run, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from headrace.api.types.v1.event_pb2 import Event
from headrace.api.types.v1.sensor_pb2 import SENSOR_KIND_RUN_STATE, SensorDefinition
from headrace.clock import Clock
from headrace.ids import Ids
from headrace.rpc.retry import RetryPolicy
from headrace_services.kit.tasks import Tasks
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.evaluation import Evaluator
from headrace_services.scheduler.events.feed import Feed
from headrace_services.scheduler.events.interest import concerns
from headrace_services.scheduler.events.run_changes import RunChanges
from headrace_services.scheduler.instigators import Entry, moment
from headrace_services.scheduler.metrics import SchedulerMetrics
from headrace_services.scheduler.occasions import Occasion
from headrace_services.scheduler.stubs import Storage

# After this many others have their turn.
_MOST_AT_ONCE = 50
_AFTER_FAILURE = RetryPolicy(first_seconds=0.5, longest_seconds=5.0)
_INSTANT = timedelta(microseconds=1)


class RunSensors:
    """Wakes run-status sensors and asks them."""

    def __init__(
        self,
        book: Book,
        storage: Storage,
        evaluator: Evaluator,
        max_tick_retries: int,
        metrics: SchedulerMetrics,
        clock: Clock,
        ids: Ids,
        tasks: Tasks,
    ) -> None:
        self._book = book
        self._evaluator = evaluator
        self._max_tick_retries = max_tick_retries
        self._metrics = metrics
        self._clock = clock
        self._feed = Feed("run states", ["run_state_changed"], storage, clock, tasks, self._heard, self._missed)
        self._changes = RunChanges(self._feed, storage, ids)

    async def evaluate(self, entry: Entry) -> float | None:
        """Asks about every change that there is; returns after how long to go on, if there is more to do.

        Raises:
            HeadraceError: it cannot be brought to an end now.
        """
        try:
            await self._feed.ready()
            # From here on whatever happens wakes it again; before, it is read now.
            entry.woken = None
            again = await self._ask(entry)
        except BaseException:
            entry.woken = self._clock.now()
            raise
        if again is not None:
            entry.woken = self._clock.now()
        return again

    async def _ask(self, entry: Entry) -> float | None:
        for _ in range(_MOST_AT_ONCE):
            place = self._book.places.get(entry.key.location_name)
            if not entry.is_on or place is None or not place.usable:
                return 0.0
            change = await self._changes.next(entry)
            if change is None:
                kept = await self._changes.keep_place(entry)
                if kept is not None:
                    self._book.store([kept])
                return None
            # The tick stands for the moment of the change; two of them cannot stand for the same.
            moments = [moment(change.event.event_time), *([entry.last_tick + _INSTANT] if entry.last_tick else ())]
            due = max(moments)
            decision = await self._evaluator.decide(entry, place.address, Occasion(due, change=change))
            decision.tick.cursor = change.cursor
            entry.failures = 0
            if decision.failed and entry.attempts < self._max_tick_retries:
                entry.attempts += 1
                self._changes.forget(entry.key)
                self._metrics.put_off(entry.key.kind_name, entry.key.location_name, "failed")
                return _AFTER_FAILURE.delay(entry.attempts)
            answer = await self._evaluator.commit(entry, decision, failed_moves_cursor=True)
            self._book.store([answer.instigator])
            entry.attempts = 0
        return 0.0

    def _heard(self, events: Sequence[Event]) -> None:
        for entry in self._book.sensors(SENSOR_KIND_RUN_STATE):
            definition, location = entry.definition, entry.key.location_name
            assert isinstance(definition, SensorDefinition)
            if any(concerns(definition, location, event.run_state_changed) for event in events):
                self._wake(entry)

    def _missed(self) -> None:
        for entry in self._book.sensors(SENSOR_KIND_RUN_STATE):
            self._wake(entry)

    def _wake(self, entry: Entry) -> None:
        self._metrics.woken(entry.key.location_name)
        entry.woken = entry.woken or self._clock.now()
        self._book.plan(entry.key)
