"""The workers that this replica started and has not seen end."""

from __future__ import annotations

from datetime import datetime

from headrace.api.launcher.v1.launcher_service_pb2 import LaunchedWorker
from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder
from headrace_services.launcher.metrics import LauncherMetrics

# For people only; the oldest are forgotten first.
_MOST = 10_000


class Workers:
    """Keeps them in the order of their start."""

    def __init__(self, metrics: LauncherMetrics) -> None:
        self._workers: dict[str, LaunchedWorker] = {}
        self._metrics = metrics

    def started(self, worker_id: str, order: LaunchOrder, now: datetime) -> None:
        """Adds a worker."""
        worker = LaunchedWorker(
            worker_id=worker_id, run_id=order.run_id, location_name=order.location_name, attempt=order.attempt
        )
        worker.start_time.FromDatetime(now)
        self._workers[worker_id] = worker
        if len(self._workers) > _MOST:
            del self._workers[next(iter(self._workers))]
        self._metrics.workers(len(self._workers))

    def ended(self, worker_id: str) -> None:
        """Removes a worker."""
        if self._workers.pop(worker_id, None) is not None:
            self._metrics.workers(len(self._workers))

    def after(self, worker_id: str, most: int) -> tuple[list[LaunchedWorker], bool]:
        """Returns up to `most` workers after the given one, and whether there are more."""
        workers = list(self._workers.values())
        start = next((i + 1 for i, worker in enumerate(workers) if worker.worker_id == worker_id), 0)
        return workers[start : start + most], start + most < len(workers)
