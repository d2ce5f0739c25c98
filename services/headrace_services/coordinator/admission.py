"""The loop that lets runs out of the queue."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from headrace import faults
from headrace.api.storage.v1.outbox_service_pb2 import LaunchOrder
from headrace.api.storage.v1.run_queue_service_pb2 import Admission, AdmitRunsRequest, GetQueueRequest, GetQueueResponse
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import AbortedError
from headrace.ids import Ids
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.locations import LocationRegistry
from headrace_services.coordinator.metrics import RunMetrics
from headrace_services.coordinator.queue import Decision, QueuedRun, decide
from headrace_services.coordinator.runs import tags_of
from headrace_services.coordinator.settings import CoordinatorSettings
from headrace_services.coordinator.stubs import Storage

logger = logging.getLogger(__name__)

# Wake-up calls may be lost; only latency may suffer.
FALLBACK_SECONDS = 2.0
# How far into the queue is looked: further when nothing of its head can start.
_WINDOW, _WIDE_WINDOW = 100, 1_000
_AFTER_LOST_RACE = RetryPolicy(first_seconds=0.002, longest_seconds=0.25)
_START_METHOD_TAG = "headrace/start_method"


class AdmissionLoop:
    """Reads the queue, decides, admits; several replicas may, for the queue's version lets one of them win."""

    def __init__(
        self,
        settings: CoordinatorSettings,
        storage: Storage,
        registry: LocationRegistry,
        metrics: RunMetrics,
        ids: Ids,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._registry = registry
        self._metrics = metrics
        self._ids = ids
        self._lost_races = 0
        self._window = _WINDOW

    async def tick(self, now: datetime) -> float | None:
        """Admits what may start; asks to be called again at once while there may be more."""
        with rpc_errors("storage"):
            queue = await self._storage.queue.GetQueue(GetQueueRequest(max_queued_runs=self._window))
        self._tell(queue, (), now)
        if not queue.queued_runs:
            return None
        decision = self._decide(queue)
        self._metrics.decided(decision)
        if decision.admitted:
            return await self._admit(queue, decision, now)
        return self._look_further(queue)

    def _tell(self, queue: GetQueueResponse, admitted: Sequence[Run], now: datetime) -> None:
        left = {run.run_id for run in admitted}
        waiting = [run.create_time for run in queue.queued_runs if run.run_id not in left]
        oldest = min(waiting, key=Timestamp.ToNanoseconds, default=None)
        self._metrics.queue_read(queue.queued_count - len(admitted), oldest, [*queue.active_runs, *admitted], now)

    def _decide(self, queue: GetQueueResponse) -> Decision:
        return decide(
            map(_queued_run, queue.queued_runs),
            (tags_of(run.tags) for run in queue.active_runs),
            self._settings.limits,
            self._registry.obstacle,
        )

    def _look_further(self, queue: GetQueueResponse) -> float | None:
        hidden = queue.queued_count > len(queue.queued_runs)
        if hidden and self._window == _WINDOW:
            self._window = _WIDE_WINDOW
            return 0.0
        return None

    async def _admit(self, queue: GetQueueResponse, decision: Decision, now: datetime) -> float | None:
        queued = {run.run_id: run for run in queue.queued_runs}
        request = AdmitRunsRequest(
            request_id=self._ids.uuid7(),
            version=queue.version,
            admissions=[self._admission(queued[run_id]) for run_id in decision.admitted],
        )
        try:
            with rpc_errors("storage"):
                admitted = (await self._storage.queue.AdmitRuns(request)).runs
        except AbortedError:
            self._lost_races += 1
            return _AFTER_LOST_RACE.delay(self._lost_races)
        faults.point("coordinator.after_admit")
        self._lost_races = 0
        # The queue may not be read again for a while: nobody must see these wait until then.
        self._tell(queue, admitted, now)
        for run in admitted:
            self._metrics.admitted(run)
        more = queue.queued_count > len(decision.admitted) and len(decision.admitted) >= self._settings.limits.batch
        self._window = _WINDOW
        return 0.0 if more else None

    def _admission(self, run: Run) -> Admission:
        entry = self._registry.get(run.location_name)
        order = LaunchOrder(
            launcher_name=self._settings.launcher_name,
            location_name=entry.name,
            location_address=entry.address,
            coordinator_address=self._settings.address,
            job_name=run.job_name,
            definitions_digest=entry.snapshot.digest if entry.snapshot else "",
            start_method=tags_of(run.tags).get(_START_METHOD_TAG, ""),
        )
        return Admission(run_id=run.run_id, launch_order=order)


def _queued_run(run: Run) -> QueuedRun:
    return QueuedRun(
        run.run_id,
        run.location_name,
        run.priority,
        (run.create_time.seconds, run.create_time.nanos),
        tags_of(run.tags),
    )
