"""Where workers wait for slots of pools: all of one process together, in one call of storage."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from headrace.api.storage.v1.pool_service_pb2 import ClaimPoolSlotsRequest as StorageRequest
from headrace.api.storage.v1.pool_service_pb2 import PoolClaim, PoolGrant, PoolWant
from headrace.api.worker.v1.worker_service_pb2 import ClaimPoolSlotsRequest, ClaimPoolSlotsResponse
from headrace.clock import Clock
from headrace.errors import DrainingError, LeaseLostError
from headrace.ids import Ids
from headrace.rpc.retry import RetryPolicy
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.metrics import PoolMetrics
from headrace_services.coordinator.stubs import Storage

_MOST_AT_ONCE = 200
# Hints may be lost, and a lease that runs out gives none: then this is how long a free slot may stay unseen.
_UNSEEN = RetryPolicy(first_seconds=1.0, longest_seconds=5.0)
FALLBACK_SECONDS = 5.0


class _Waiting:
    """One worker's call."""

    def __init__(self, request: ClaimPoolSlotsRequest) -> None:
        self.request = request
        self.known = frozenset(demand.step_key for demand in request.demands if demand.held)
        self.answer: asyncio.Future[PoolGrant] = asyncio.get_running_loop().create_future()
        self.last: PoolGrant | None = None

    def claim(self) -> PoolClaim:
        request = self.request
        return PoolClaim(
            run_id=request.run_id,
            epoch=request.epoch,
            run_token=request.run_token,
            round=request.round,
            wants=[PoolWant(step_key=d.step_key, pool=d.pool, priority=d.priority) for d in request.demands],
        )

    def take(self, grant: PoolGrant) -> None:
        self.last = grant
        news = grant.lease_lost or grant.cancel_requested or not self.known.issuperset(grant.step_keys)
        if news and not self.answer.done():
            self.answer.set_result(grant)

    def send_away(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(_draining())


def _draining() -> DrainingError:
    return DrainingError("the coordinator is stopping: claim again, and another one answers")


class PoolDesk:
    """Claims slots for workers, and asks again when some may have become free; its `tick` is a loop's.

    However many workers wait, one call of storage speaks for up to 200 of them: a slot that becomes free costs one
    transaction, not one for each.
    """

    def __init__(self, storage: Storage, clock: Clock, ids: Ids, metrics: PoolMetrics) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._metrics = metrics
        self._waiting: dict[int, _Waiting] = {}
        self._looks = 0
        self._draining = False

    def drain(self) -> None:
        """Sends away whoever waits here, and whoever would: another desk takes over."""
        self._draining = True
        for waiting in self._waiting.values():
            waiting.send_away()

    async def claim(self, request: ClaimPoolSlotsRequest, seconds: float) -> ClaimPoolSlotsResponse:
        """Claims what a worker wants, and waits at most so long for a slot it does not know of.

        Raises:
            LeaseLostError: the worker does not hold the run any more.
            DrainingError: it would have to wait, and this process ends.
        """
        waiting = _Waiting(request)
        await self._ask([waiting])
        if not waiting.answer.done() and seconds > 0 and len(waiting.known) < len(request.demands):
            await self._wait(waiting, seconds)
        grant = waiting.answer.result() if waiting.answer.done() else waiting.last
        if grant is None or grant.lease_lost:
            raise LeaseLostError(f"the lease on run {request.run_id} is lost", metadata={"run_id": request.run_id})
        return ClaimPoolSlotsResponse(step_keys=grant.step_keys, cancel_requested=grant.cancel_requested)

    async def _wait(self, waiting: _Waiting, seconds: float) -> None:
        if self._draining:
            raise _draining()
        started = self._clock.monotonic()
        self._waiting[id(waiting)] = waiting
        self._looks = 0
        self._metrics.waiting(len(self._waiting))
        try:
            await asyncio.wait([waiting.answer], timeout=seconds)
        finally:
            del self._waiting[id(waiting)]
            self._metrics.waited(len(self._waiting), self._clock.monotonic() - started)

    async def tick(self, now: datetime) -> float | None:
        """Asks again for all who wait."""
        everybody = list(self._waiting.values())
        for start in range(0, len(everybody), _MOST_AT_ONCE):
            await self._ask(everybody[start : start + _MOST_AT_ONCE])
        self._looks = self._looks + 1 if everybody else 0
        return _UNSEEN.delay(max(self._looks, 1)) if everybody else None

    async def _ask(self, some: Sequence[_Waiting]) -> None:
        with rpc_errors("storage"):
            answer = await self._storage.pools.ClaimPoolSlots(
                StorageRequest(request_id=self._ids.uuid7(), claims=[each.claim() for each in some])
            )
        for waiting, grant in zip(some, answer.grants, strict=True):
            waiting.take(grant)
