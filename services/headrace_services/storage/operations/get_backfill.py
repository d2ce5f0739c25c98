"""GetBackfill."""

from __future__ import annotations

from headrace.api.storage.v1.backfill_store_service_pb2 import GetBackfillRequest, GetBackfillResponse
from headrace_services.storage.messages.backfill_messages import backfill_message
from headrace_services.storage.operations.checks import backfill_not_found, require
from headrace_services.storage.store import backfills
from headrace_services.storage.store.store import Store


async def get_backfill(store: Store, request: GetBackfillRequest) -> GetBackfillResponse:
    """Reads a backfill."""
    require(request, "backfill_id")
    record = await store.read(lambda connection: backfills.find(connection, request.backfill_id))
    if record is None:
        raise backfill_not_found(request.backfill_id)
    return GetBackfillResponse(backfill=backfill_message(record))
