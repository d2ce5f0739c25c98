"""AppendEvents."""

from __future__ import annotations

from headrace.api.storage.v1.event_log_service_pb2 import AppendEventsRequest, AppendEventsResponse
from headrace.errors import InternalError
from headrace_services.storage.operations.checks import require, wrong
from headrace_services.storage.operations.reports import is_stored, lost, report_locks, reported_events, size_of
from headrace_services.storage.store import events, run_leases, runs
from headrace_services.storage.store.run_leases import Holder, NotHeldError
from headrace_services.storage.store.schema import CANCELING
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def append_events(store: Store, request: AppendEventsRequest) -> AppendEventsResponse:
    """Stores a worker's batch under its lease, and prolongs the lease."""
    require(request, "run_id", "run_token")
    if request.batch < 1:
        raise wrong("batch", "must be 1 or more")
    holder, batch = Holder(request.run_id, request.epoch, request.run_token), request.batch
    new = reported_events(request.run_id, request.events)

    def act(tx: Transaction) -> AppendEventsResponse:
        try:
            appended = run_leases.append(tx, holder, batch, len(new))
        except NotHeldError:
            return _stored_before(tx, holder, batch)
        if new:
            events.append(tx, holder.run_id, appended.number, appended.last_sequence, new)
        return AppendEventsResponse(last_sequence=appended.last_sequence, cancel_requested=appended.state == CANCELING)

    return await store.write(Intent("append_events", act, report_locks(holder.run_id, new), size_of(new)))


def _stored_before(tx: Transaction, holder: Holder, batch: int) -> AppendEventsResponse:
    """Answers a batch that was not stored now: it was before, or it must not be."""
    run = runs.find(tx.connection, holder.run_id)
    try:
        # A repeat shows that the worker lives just as well.
        run_leases.renew(tx, holder)
    except NotHeldError:
        raise lost(run, holder) from None
    if run is None or not is_stored(run, batch):
        raise InternalError("a batch that comes next was refused")
    cancel_requested = run.state == CANCELING
    return AppendEventsResponse(last_sequence=run.last_sequence, cancel_requested=cancel_requested, repeated=True)
