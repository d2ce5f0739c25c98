"""The backfills that are under way, as conditions must know them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from headrace.api.storage.v1.backfill_store_service_pb2 import ListBackfillsRequest
from headrace.api.storage.v1.run_queue_service_pb2 import (
    WORK_KIND_BACKFILL_STATE,
    WatchWorkRequest,
    WatchWorkResponse,
)
from headrace.api.types.v1.backfill_pb2 import BACKFILL_STATE_CANCELING, BACKFILL_STATE_RUNNING, Backfill
from headrace.automation.entities import EntityKey
from headrace.automation.facts import BackfillBegan, BackfillEnded, Fact
from headrace.automation.subset import Value
from headrace.clock import Clock
from headrace.rpc.status import rpc_errors
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.automation_state import from_subset
from headrace_services.kit.follow import Follower
from headrace_services.scheduler.automation.catalog import Catalog
from headrace_services.scheduler.automation.stubs import AssetStorage
from headrace_services.scheduler.automation.watch import Watch

_UNDER_WAY = (BACKFILL_STATE_RUNNING, BACKFILL_STATE_CANCELING)
_PAGE = 100


class ActiveBackfills:
    """Tells watches of backfills; the feed of events knows their runs only.

    They are read when one has begun or ended. While none has, nothing is read, whatever else happens.
    """

    def __init__(self, storage: AssetStorage, clock: Clock, changed: Callable[[], None]) -> None:
        self._storage = storage
        self._clock = clock
        self._changed = changed
        self._found: dict[str, Backfill] = {}
        self._outdated = True
        # One after the other: an answer must not come after one that is newer.
        self._reading = asyncio.Lock()
        self._follower = Follower("backfills under way", self._watch, self._hear, clock)

    async def follow(self) -> None:
        """Listens until it is canceled."""
        await self._follower.run()

    def expire(self) -> None:
        """Says that there may be others than those that were read."""
        self._outdated = True

    async def tell(self, watch: Watch) -> None:
        """Tells a watch which there are now, as far as it does not know.

        Raises:
            HeadraceError: storage cannot be asked.
        """
        async with self._reading:
            if self._outdated or not self._follower.connected:
                await self._read()
        facts = _news(self._found, watch)
        if facts:
            # A place of its own: what is being evaluated now does not know of it.
            watch.next_position()
            watch.take(facts, watch.feed, self._clock.now())

    def _watch(self, cursor: str) -> object:
        return self._storage.queue.WatchWork(WatchWorkRequest(kinds=(WORK_KIND_BACKFILL_STATE,), cursor=cursor))

    async def _hear(self, answer: WatchWorkResponse) -> None:
        if answer.kinds:
            self.expire()
            self._changed()

    async def _read(self) -> None:
        # Before it is read: what is made meanwhile may not be in the answer.
        self._outdated = False
        try:
            self._found = await self._all()
        except BaseException:
            self._outdated = True
            raise

    async def _all(self) -> dict[str, Backfill]:
        found: dict[str, Backfill] = {}
        request = ListBackfillsRequest(states=_UNDER_WAY, page_size=_PAGE)
        while True:
            with rpc_errors("storage"):
                page = await self._storage.backfills.ListBackfills(request)
            found.update((backfill.backfill_id, backfill) for backfill in page.backfills)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token


def _news(found: Mapping[str, Backfill], watch: Watch) -> list[Fact]:
    known = watch.backfill_ids
    facts: list[Fact] = [BackfillEnded(each) for each in sorted(known - found.keys())]
    for backfill_id in sorted(found.keys() - known):
        targets = _targets(found[backfill_id], watch.catalog)
        if targets:
            facts.append(BackfillBegan(backfill_id, targets))
    return facts


def _targets(backfill: Backfill, catalog: Catalog) -> dict[EntityKey, Value]:
    keys = {from_asset_key(each.asset_key): each.subset for each in backfill.targets if each.HasField("asset_key")}
    return {key: from_subset(subset, catalog.shape(key)) for key, subset in keys.items() if key in catalog.partitions}
