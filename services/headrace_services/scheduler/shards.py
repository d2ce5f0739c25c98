"""Sharing out instigators between replicas, so that each is evaluated once.

Correctness never rests on it: `CommitTick` lets one of several evaluations win. A shard is therefore leased only when
something in it is due, for two seconds, and kept while its evaluations last. That costs one call per burst of ticks and
nothing while nothing is due; a replica that dies leaves its shards to the others within two seconds; and a
single replica never waits for anybody.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from google.protobuf.duration_pb2 import Duration

from headrace.api.storage.v1.lease_service_pb2 import AcquireLeaseRequest, RenewLeaseRequest
from headrace.clock import Clock
from headrace.errors import LeaseLostError
from headrace.ids import Ids
from headrace.rpc.status import rpc_errors
from headrace_services.scheduler.instigators import Key
from headrace_services.scheduler.stubs import Storage

logger = logging.getLogger(__name__)

SHARDS = 8
LEASE_SECONDS = 2
# A holder stops to believe in its lease before the database does.
_MARGIN_SECONDS = 0.3
RENEW_SECONDS = 0.6
_TTL = Duration(seconds=LEASE_SECONDS)
_NOTHING_TO_RENEW_SECONDS = 3600.0


def shard_of(key: Key) -> int:
    """Returns the shard of a schedule or sensor; the same in every replica."""
    return zlib.crc32("\0".join((key.location_name, key.kind_name, key.name)).encode()) % SHARDS


@dataclass(slots=True)
class _Hold:
    epoch: int
    until: float


@dataclass(frozen=True, slots=True)
class Grant:
    """An answer to the wish to evaluate a shard.

    Attributes:
        held: Whether this replica may.
        interrupted: Whether somebody else may have, since this replica last did.
    """

    held: bool
    interrupted: bool = False


class Shards:
    """The shards that this replica holds, or would like to."""

    def __init__(self, storage: Storage, holder: str, clock: Clock, ids: Ids, became_busy: Callable[[], None]) -> None:
        self._storage = storage
        self._holder = holder
        self._clock = clock
        self._ids = ids
        self._became_busy = became_busy
        self._holds: dict[int, _Hold] = {}
        self._last_epochs: dict[int, int] = {}
        self._busy: Counter[int] = Counter()

    async def take(self, shard: int) -> Grant:
        """Takes a shard, or finds it taken."""
        hold = self._holds.get(shard)
        began = self._clock.monotonic()
        if hold is not None and began < hold.until:
            return Grant(held=True)
        request = AcquireLeaseRequest(
            request_id=self._ids.uuid7(), resource=f"scheduler/shard/{shard}", holder=self._holder, ttl=_TTL
        )
        with rpc_errors("storage"):
            answer = await self._storage.leases.AcquireLease(request)
        if not answer.acquired:
            self._holds.pop(shard, None)
            return Grant(held=False)
        before = self._last_epochs.get(shard)
        self._last_epochs[shard] = answer.lease.epoch
        self._holds[shard] = _Hold(answer.lease.epoch, began + LEASE_SECONDS - _MARGIN_SECONDS)
        return Grant(held=True, interrupted=before is None or answer.lease.epoch > before + 1)

    @contextmanager
    def busy(self, shard: int) -> Iterator[None]:
        """Keeps a shard while its block lasts."""
        if not self._busy:
            self._became_busy()
        self._busy[shard] += 1
        try:
            yield
        finally:
            self._busy[shard] -= 1
            if not self._busy[shard]:
                del self._busy[shard]

    async def renew(self, now: datetime) -> float:
        """Prolongs the leases of shards that are busy; returns when to do so again."""
        await asyncio.gather(*map(self._renew, list(self._busy)))
        return RENEW_SECONDS if self._busy else _NOTHING_TO_RENEW_SECONDS

    async def _renew(self, shard: int) -> None:
        hold = self._holds.get(shard)
        began = self._clock.monotonic()
        if hold is None or hold.until - began > LEASE_SECONDS / 2:
            return
        request = RenewLeaseRequest(
            resource=f"scheduler/shard/{shard}", holder=self._holder, epoch=hold.epoch, ttl=_TTL
        )
        try:
            with rpc_errors("storage"):
                await self._storage.leases.RenewLease(request)
        except LeaseLostError:
            # The evaluations go on: the database lets only one of two commits win.
            self._holds.pop(shard, None)
            return
        hold.until = began + LEASE_SECONDS - _MARGIN_SECONDS
