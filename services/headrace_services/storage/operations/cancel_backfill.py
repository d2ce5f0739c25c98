"""CancelBackfill."""

from __future__ import annotations

from headrace.api.storage.v1.backfill_store_service_pb2 import CancelBackfillRequest, CancelBackfillResponse
from headrace_services.storage.messages.backfill_messages import backfill_message
from headrace_services.storage.operations.checks import backfill_not_found, require
from headrace_services.storage.operations.repeats import once
from headrace_services.storage.store import backfills
from headrace_services.storage.store.hints import BACKFILL
from headrace_services.storage.store.locks import backfill_lock
from headrace_services.storage.store.schema import BACKFILL_CANCELING, BACKFILL_RUNNING
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Transaction


async def cancel_backfill(store: Store, request: CancelBackfillRequest) -> CancelBackfillResponse:
    """Moves a backfill that is running to CANCELING."""
    require(request, "backfill_id")

    def act(tx: Transaction) -> CancelBackfillResponse:
        record = backfills.find(tx.connection, request.backfill_id)
        if record is None:
            raise backfill_not_found(request.backfill_id)
        if record.state == BACKFILL_RUNNING:
            record = backfills.change(tx, record, {"state": BACKFILL_CANCELING, "due_time": tx.now, "not_before": 0})
            tx.hints.kinds.add(BACKFILL)
        return CancelBackfillResponse(backfill=backfill_message(record))

    locks = frozenset({backfill_lock(request.backfill_id)})
    return await store.write(once("cancel_backfill", request, CancelBackfillResponse, act, locks))
