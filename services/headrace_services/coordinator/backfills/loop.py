"""The loop that takes backfills further."""

from __future__ import annotations

import asyncio
from datetime import datetime

from headrace.api.storage.v1.backfill_store_service_pb2 import BackfillWork, GetBackfillWorkRequest
from headrace.rpc.status import rpc_errors
from headrace_services.coordinator.backfills.stepping import advance
from headrace_services.coordinator.context import Coordinator

# Hints may be lost, and steps be due by time alone.
FALLBACK_SECONDS = 15.0
_MOST_AT_ONCE = 20


class BackfillLoop:
    """Takes all backfills for which something is to be done one step further, some at once."""

    def __init__(self, coordinator: Coordinator, at_once: int) -> None:
        self._coordinator = coordinator
        self._hands = asyncio.Semaphore(at_once)

    async def tick(self, now: datetime) -> float | None:
        """Looks once; asks to be called again at once while there was something."""
        request = GetBackfillWorkRequest(max_backfills=_MOST_AT_ONCE)
        with rpc_errors("storage"):
            found = (await self._coordinator.storage.backfills.GetBackfillWork(request)).work
        await asyncio.gather(*map(self._advance, found))
        return 0.0 if found else None

    async def _advance(self, work: BackfillWork) -> None:
        async with self._hands:
            await advance(work, self._coordinator)
