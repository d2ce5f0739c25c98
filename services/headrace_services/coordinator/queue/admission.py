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
from headrace_services.coordinator.queue.deciding import (
    Decision,
    QueuedRun,
    Refusal,
    WaitReason,
    decide,
    refuse_nothing,
)
from headrace_services.coordinator.queue.groups import held_groups
from headrace_services.coordinator.queue.messages import active_run, pool_uses, queued_run
from headrace_services.coordinator.runs.tags import tags_of
from headrace_services.coordinator.settings import CoordinatorSettings
from headrace_services.coordinator.stubs import Storage

logger = logging.getLogger(__name__)

# Wake-up calls may be lost; only latency may suffer.
FALLBACK_SECONDS = 2.0
# How many queued runs are read at once: few while few can go, many where the head of the queue waits or all of it goes.
_FIRST_PAGE, _BATCH, _LARGEST_PAGE, _GROWTH = 16, 100, 1_000, 4
# Counting costs what the queue is long, and only metrics want to know.
_COUNT_SECONDS = 1.0
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
        refuse: Refusal = refuse_nothing,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._registry = registry
        self._metrics = metrics
        self._ids = ids
        self._refuse = refuse
        self._lost_races = 0
        self._page_size = _FIRST_PAGE
        self._queued = 0
        self._waits_for_pools = False
        self._counted_at: datetime | None = None

    async def tick(self, now: datetime) -> float | None:
        """Admits what may start; asks to be called again at once while there may be more."""
        size, token, excluded = self._page_size, "", set[str]()
        while True:
            page = await self._read(size, token, excluded, now)
            if not token:
                self._tell(page, (), now)
            if not page.queued_runs:
                return None
            queued = list(map(queued_run, page.queued_runs))
            decision = self._decide(queued, page)
            self._metrics.decided(decision)
            self._waits_for_pools = any(wait.reason is WaitReason.POOL for wait in decision.waiting.values())
            if decision.admitted:
                return await self._admit(page, decision, now)
            if not page.next_page_token or _is_over(decision):
                return None
            # Whatever of these groups is further back waits for the same.
            excluded |= held_groups(queued, decision.waiting, self._settings.limits)
            token, size = page.next_page_token, min(size * _GROWTH, _LARGEST_PAGE)

    @property
    def waits_for_pools(self) -> bool:
        """Whether a slot that becomes free may let a run out of the queue."""
        return self._waits_for_pools

    async def _read(self, size: int, token: str, excluded: set[str], now: datetime) -> GetQueueResponse:
        count = not token and (self._counted_at is None or (now - self._counted_at).total_seconds() >= _COUNT_SECONDS)
        request = GetQueueRequest(
            max_queued_runs=size, page_token=token, excluded_groups=sorted(excluded), without_count=not count
        )
        with rpc_errors("storage"):
            page = await self._storage.queue.GetQueue(request)
        if count:
            self._queued, self._counted_at = page.queued_count, now
        elif not token and not page.next_page_token:
            self._queued = len(page.queued_runs)
        return page

    def _tell(self, queue: GetQueueResponse, admitted: Sequence[Run], now: datetime) -> None:
        left = {run.run_id for run in admitted}
        waiting = [run.create_time for run in queue.queued_runs if run.run_id not in left]
        oldest = min(waiting, key=Timestamp.ToNanoseconds, default=None)
        self._queued = max(self._queued - len(admitted), len(waiting))
        self._metrics.queue_read(self._queued, oldest, [*queue.active_runs, *admitted], now)

    def _decide(self, queued: Sequence[QueuedRun], page: GetQueueResponse) -> Decision:
        return decide(
            queued,
            map(active_run, page.active_runs),
            self._settings.limits,
            self._registry.obstacle,
            pool_uses(page.pools),
            self._refuse,
        )

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
        all_went = len(decision.admitted) == len(queue.queued_runs)
        self._page_size = min(self._page_size * _GROWTH, _BATCH) if all_went else _FIRST_PAGE
        # Where some of the page waits, others behind it may still go.
        return 0.0 if queue.next_page_token else None

    def _admission(self, run: Run) -> Admission:
        entry = self._registry.get(run.location_name)
        order = LaunchOrder(
            launcher_name=run.launcher_name or self._settings.launchers.default,
            location_name=entry.name,
            location_address=entry.address,
            coordinator_address=self._settings.address,
            job_name=run.job_name,
            definitions_digest=entry.snapshot.digest if entry.snapshot else "",
            start_method=tags_of(run.tags).get(_START_METHOD_TAG, ""),
        )
        return Admission(run_id=run.run_id, launch_order=order)


def _is_over(decision: Decision) -> bool:
    """Tells whether no run at all can go: what the first one waits for, all wait for."""
    return any(wait.reason is WaitReason.RUN_LIMIT for wait in decision.waiting.values())
