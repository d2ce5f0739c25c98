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

    def committed(self, intents: int, seconds: float) -> None:
        self._batch.observe(intents)
        self._commit.observe(seconds)
