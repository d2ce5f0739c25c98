"""Noticing at once that a worker is gone, instead of when its lease ends."""

from __future__ import annotations

import asyncio
import logging

from headrace.api.storage.v1.run_lease_service_pb2 import ExpireRunLeaseRequest, ExpireRunLeaseResponse
from headrace.clock import Clock
from headrace.ids import Ids
from headrace.rpc.status import rpc_errors
from headrace_services.kit.tasks import Tasks
from headrace_services.launcher.backends.base import Backend, WorkerEnd
from headrace_services.launcher.metrics import LauncherMetrics
from headrace_services.launcher.stubs import Storage
from headrace_services.launcher.workers import Workers

logger = logging.getLogger(__name__)

_MOST_WATCHED = 1_000
_CALLS_AT_ONCE = 4
_MOST_WAITING = 10_000
_UNHURRIED_SECONDS = 2.0


class Reaper:
    """Watches where workers run, and ends the leases of those that end before their run does."""

    def __init__(
        self, backend: Backend, storage: Storage, workers: Workers, metrics: LauncherMetrics, clock: Clock, ids: Ids
    ) -> None:
        self._backend = backend
        self._storage = storage
        self._workers = workers
        self._metrics = metrics
        self._clock = clock
        self._ids = ids
        self._tasks = Tasks()
        self._watched: dict[str, asyncio.Task[None]] = {}
        self._located: dict[str, str] = {}
        self._calls = asyncio.Semaphore(_CALLS_AT_ONCE)

    def set_address(self, name: str, address: str) -> None:
        """Says where a location is from now on; what was watched where it had been is watched no more."""
        place = self._backend.place(address)
        before = self._located.get(name, "")
        self._located[name] = place
        if before and before not in self._located.values():
            self._forget(before)
        self.watch(address)

    def watch(self, address: str) -> None:
        """Watches the workers of the location at an address, unless that is done already."""
        place = self._backend.place(address)
        task = self._watched.get(place)
        if not place or (task is not None and not task.done()):
            return
        if len(self._watched) >= _MOST_WATCHED:
            self._forget(next(iter(self._watched)))
        self._watched[place] = self._tasks.spawn(self._backend.watch(place, self._ended), f"workers at {place}")

    async def give_up(self, run_id: str, launch_token: str, detail: str, launch_token_digest: str = "") -> None:
        """Has the monitor look at a run now: its worker is gone, or never came."""
        answer = await self._expire(
            ExpireRunLeaseRequest(
                run_id=run_id,
                launch_token=launch_token,
                launch_token_digest=launch_token_digest,
                worker_detail=detail,
            )
        )
        if answer.expired:
            logger.warning("a run lost its worker", extra={"run_id": run_id, "detail": detail})

    async def note(self, run_id: str, launch_token: str, detail: str) -> None:
        """Has it remembered why there is no worker yet: should none come, that is the reason."""
        await self._expire(
            ExpireRunLeaseRequest(run_id=run_id, launch_token=launch_token, worker_detail=detail, note_only=True)
        )

    async def _expire(self, request: ExpireRunLeaseRequest) -> ExpireRunLeaseResponse:
        request.request_id = self._ids.uuid7()
        async with self._calls:
            with rpc_errors("storage"):
                return await self._storage.leases.ExpireRunLease(request)

    async def stop(self) -> None:
        """Stops watching."""
        await self._tasks.stop()

    def _forget(self, place: str) -> None:
        task = self._watched.pop(place, None)
        if task is not None:
            task.cancel()

    async def _ended(self, end: WorkerEnd) -> None:
        self._workers.ended(end.worker_id)
        if end.remembered and end.kind == "normal":
            # All that the host remembers is told again to a new launcher: thousands of runs that ended well.
            return
        if not end.remembered:
            self._metrics.ended(end.kind)
        if len(self._tasks) > _MOST_WAITING:
            # Their leases will tell.
            return
        # Not awaited: what one worker's end leads to must not hold up the news of the next.
        self._tasks.spawn(self._make_sure(end), f"end of {end.run_id}")

    async def _make_sure(self, end: WorkerEnd) -> None:
        if end.kind == "normal":
            # Its run has ended too, as a rule: that can be made sure of when there is less to do.
            await self._clock.sleep(_UNHURRIED_SECONDS)
        await self.give_up(end.run_id, end.launch_token, end.detail, end.launch_token_digest)
