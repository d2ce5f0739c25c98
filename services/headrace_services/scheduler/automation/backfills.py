"""The backfills that are under way, as conditions must know them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from headrace.api.storage.v1.backfill_store_service_pb2 import ListBackfillsRequest
from headrace.api.types.v1.backfill_pb2 import BACKFILL_STATE_CANCELING, BACKFILL_STATE_RUNNING, Backfill
from headrace.automation.entities import EntityKey
from headrace.automation.facts import BackfillBegan, BackfillEnded, Fact
from headrace.automation.subset import Value
from headrace.clock import Clock
from headrace.rpc.status import rpc_errors
from headrace.wire.asset_keys import from_asset_key
from headrace.wire.automation_state import from_subset
from headrace_services.scheduler.automation.catalog import Catalog
from headrace_services.scheduler.automation.stubs import AssetStorage
from headrace_services.scheduler.automation.watch import Watch

_UNDER_WAY = (BACKFILL_STATE_RUNNING, BACKFILL_STATE_CANCELING)
_PAGE = 100
# Their runs are told of by the feed, as they begin and end. This is for what no run has begun with, and may lag.
_AGAIN_SECONDS = 2.0


class BackfillsUnderWay:
    """Keeps a watch told of backfills; the feed of events knows their runs only."""

    def __init__(self, storage: AssetStorage, clock: Clock, watch: Watch) -> None:
        self._storage = storage
        self._clock = clock
        self._watch = watch
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    def expire(self) -> None:
        """Says that there is one more, of which the next evaluation must know."""
        self._read_at = None

    async def tell(self) -> None:
        """Tells the watch of what has changed, unless it was told a moment ago."""
        # One after the other: an answer must not come after one that is newer.
        async with self._reading:
            now = self._clock.monotonic()
            if self._read_at is not None and now - self._read_at < _AGAIN_SECONDS:
                return
            # Before it is read: what is made meanwhile may not be in the answer.
            self._read_at = now
            try:
                found = await self._read()
            except BaseException:
                self._read_at = None
                raise
            self._take(found)

    def _take(self, found: Mapping[str, BackfillBegan]) -> None:
        known = self._watch.backfill_ids
        facts: list[Fact] = [BackfillEnded(each) for each in known - found.keys()]
        facts += [found[each] for each in sorted(found.keys() - known)]
        if facts:
            # A place of its own: what is being evaluated now does not know of it.
            self._watch.next_position()
            self._watch.take(facts, self._watch.feed, self._clock.now())

    async def _read(self) -> dict[str, BackfillBegan]:
        found: dict[str, BackfillBegan] = {}
        request = ListBackfillsRequest(states=_UNDER_WAY, page_size=_PAGE)
        while True:
            with rpc_errors("storage"):
                page = await self._storage.backfills.ListBackfills(request)
            for backfill in page.backfills:
                targets = _targets(backfill, self._watch.catalog)
                if targets:
                    found[backfill.backfill_id] = BackfillBegan(backfill.backfill_id, targets)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token


def _targets(backfill: Backfill, catalog: Catalog) -> dict[EntityKey, Value]:
    keys = {from_asset_key(each.asset_key): each.subset for each in backfill.targets if each.HasField("asset_key")}
    return {key: from_subset(subset, catalog.shape(key)) for key, subset in keys.items() if key in catalog.partitions}
