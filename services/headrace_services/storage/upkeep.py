"""What storage does without being asked: measure itself, and forget what its time is up for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from headrace.errors import StorageDownError
from headrace_services.kit.config.model import Retention, TickRetention
from headrace_services.kit.loops import Loop
from headrace_services.storage.measures import StorageMetrics
from headrace_services.storage.store import (
    audit,
    dedup,
    event_retention,
    outbox,
    pools,
    queue,
    replicas,
    runs,
    step_attempts,
    ticks,
)
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.times import DAY, micros
from headrace_services.storage.store.transaction import Intent, Transaction

_MEASURE_SECONDS = 5.0
_PRUNE_SECONDS = 600.0
# Small enough that those who write meanwhile do not notice.
_ROWS_AT_ONCE = 1000
_RUNS_AT_ONCE = 20
_SCHEDULE, _SENSOR = 1, 2
_NO_LIMITS = pools.PoolLimits()


class Upkeep:
    """The loops of storage."""

    def __init__(
        self, store: Store, metrics: StorageMetrics, retention: Retention, limits: pools.PoolLimits = _NO_LIMITS
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._retention = retention
        self._pools = limits

    def loops(self) -> tuple[Loop, ...]:
        return (
            Loop("storage gauges", self.measure, _MEASURE_SECONDS),
            Loop("storage retention", self.prune, _PRUNE_SECONDS),
        )

    async def measure(self, now: datetime) -> None:
        """Sets the gauges."""
        store, metrics = self._store, self._metrics
        metrics.connections.set(store.database.in_use())
        metrics.pending_writes.set(store.writer.pending)
        metrics.pending_reads.set(store.reader.pending)
        metrics.watchers.set(store.signals.event_watchers)
        try:
            depth, messages, lag, used = await store.read(self._look)
        except StorageDownError:
            metrics.up.set(0)
            raise
        metrics.up.set(1)
        metrics.queued.set(depth.queued)
        metrics.active.set(depth.active)
        oldest = depth.oldest_create_time
        metrics.oldest_queued.set(0 if oldest is None else max(0, micros(now) - oldest) / 1e6)
        metrics.messages.set(messages)
        metrics.feed_lag.set(lag)
        for use in used:
            metrics.pool_slots.set(use.held, use.name, "held")
            metrics.pool_slots.set(use.waiting, use.name, "waiting")

    def _look(self, connection: Connection) -> tuple[queue.QueueDepth, int, float, list[pools.PoolUse]]:
        lag = self._store.database.feed_lag(connection)
        return queue.depth(connection), outbox.count(connection), lag, pools.in_use(connection, self._pools)

    async def prune(self, now: datetime) -> None:
        """Forgets requests that were answered long ago, and what the instance does not want to keep."""
        await self._prune("request_ids", lambda tx: dedup.prune(tx, _ROWS_AT_ONCE), _ROWS_AT_ONCE)
        for kind, kept in ((_SCHEDULE, self._retention.schedule), (_SENSOR, self._retention.sensor)):
            for result, days in _days_by_result(kept).items():
                due_before = micros(now) - days * DAY
                await self._prune("ticks", _ticks(kind, result, due_before), _ROWS_AT_ONCE)
        await self._store.write(Intent("prune_step_attempts", step_attempts.prune))
        await self._prune("replicas", lambda tx: replicas.prune(tx, micros(now) - DAY), _ROWS_AT_ONCE)
        if self._retention.audit_days >= 0:
            called_before = micros(now) - self._retention.audit_days * DAY
            await self._prune("audit", lambda tx: audit.prune(tx, called_before, _ROWS_AT_ONCE), _ROWS_AT_ONCE)
        if self._retention.runs_days >= 0:
            finished_before = micros(now) - self._retention.runs_days * DAY
            await self._prune("runs", lambda tx: runs.prune(tx, finished_before, _RUNS_AT_ONCE), _RUNS_AT_ONCE)
        if self._retention.events_days >= 0:
            await self._prune_events(micros(now) - self._retention.events_days * DAY)

    async def _prune_events(self, finished_before: int) -> None:
        more = True
        while more:
            prune = partial(event_retention.prune, finished_before=finished_before, most=_RUNS_AT_ONCE)
            removed, more = await self._store.write(Intent("prune_events", prune))
            self._metrics.pruned("events", removed)

    async def _prune(self, table: str, prune: Callable[[Transaction], int], at_once: int) -> None:
        while True:
            removed = await self._store.write(Intent(f"prune_{table}", prune))
            self._metrics.pruned(table, removed)
            if removed < at_once:
                return


def _ticks(kind: int, result: int, due_before: int) -> Callable[[Transaction], int]:
    return lambda tx: ticks.prune(tx, kind, result, due_before, _ROWS_AT_ONCE)


def _days_by_result(kept: TickRetention) -> Mapping[int, int]:
    days = {ticks.SUCCEEDED: kept.success, ticks.SKIPPED: kept.skipped, ticks.FAILED: kept.failure}
    return {result: each for result, each in days.items() if each >= 0}
