"""What storage tells of itself."""

from __future__ import annotations

from headrace_services.kit.metrics import Metrics

_BATCH_BUCKETS = (1, 2, 3, 5, 8, 13, 21, 34, 64, 128, 256)
_COMMIT_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0)


class StorageMetrics:
    """The metrics of this service; also the `CommitObserver` of its writer."""

    def __init__(self, metrics: Metrics) -> None:
        self._batch = metrics.histogram("storage_batch_size", "Intents that shared a commit.", buckets=_BATCH_BUCKETS)
        self._commit = metrics.histogram(
            "storage_commit_seconds", "How long transactions took, from their first lock.", buckets=_COMMIT_BUCKETS
        )
        self._pruned = metrics.counter(
            "storage_pruned_rows", "Rows that were forgotten when their time was up.", ("table",)
        )
        self.up = metrics.gauge("storage_database_up", "1 while the database answers.")
        self.connections = metrics.gauge("storage_connections_in_use", "Database connections in use.")
        self.pending_writes = metrics.gauge("storage_pending_writes", "Intents that wait for a commit.")
        self.pending_reads = metrics.gauge("storage_pending_reads", "Reads that wait or go on.")
        self.watchers = metrics.gauge("storage_event_watchers", "Open watches of events.")
        self.queued = metrics.gauge("storage_queued_runs", "Runs in the queue.")
        self.oldest_queued = metrics.gauge("storage_oldest_queued_seconds", "Age of the oldest run in the queue.")
        self.active = metrics.gauge("storage_active_runs", "Runs that hold a slot.")
        self.messages = metrics.gauge("storage_outbox_messages", "Messages that were not acknowledged yet.")
        self.pool_slots = metrics.gauge("pool_slots", "Steps that hold a slot of a pool, or wait.", ("pool", "state"))
        self.feed_lag = metrics.gauge(
            "feed_horizon_lag_seconds", "Age of the oldest transaction, which holds the feed of all events up."
        )

    def committed(self, intents: int, seconds: float) -> None:
        self._batch.observe(intents)
        self._commit.observe(seconds)

    def pruned(self, table: str, rows: int) -> None:
        if rows:
            self._pruned.add(table, amount=rows)
