"""The launcher's metric families."""

from __future__ import annotations

from headrace_services.kit.metrics import Metrics

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class LauncherMetrics:
    """Counts orders and what became of them."""

    def __init__(self, metrics: Metrics) -> None:
        self._launches = metrics.counter("launches", "Launch orders by what came of them.", ("result",))
        self._seconds = metrics.histogram("launch_seconds", "How long starting a worker took.", buckets=_BUCKETS)
        self._stops = metrics.counter("stops", "Stop orders by what came of them.", ("result",))
        self._ends = metrics.counter("worker_ends", "Workers that ended, by how.", ("kind",))
        self._workers = metrics.gauge("launched_workers", "Workers started here whose end was not seen yet.")

    def launched(self, result: str, seconds: float) -> None:
        """Counts a launch order: started, repeated, deferred or hopeless."""
        self._launches.add(result)
        if result == "started":
            self._seconds.observe(seconds)

    def stopped(self, result: str) -> None:
        """Counts a stop order: done, deferred or given_up."""
        self._stops.add(result)

    def ended(self, kind: str) -> None:
        """Counts a worker's end: normal, code or signal."""
        self._ends.add(kind)

    def workers(self, count: int) -> None:
        """Says how many workers live, as far as is known here."""
        self._workers.set(count)
