"""ClaimRun."""

from __future__ import annotations

from headrace.api.storage.v1.run_lease_service_pb2 import ClaimRunRequest, ClaimRunResponse
from headrace_services.storage.messages.event_messages import state_event
from headrace_services.storage.messages.run_messages import run_message
from headrace_services.storage.operations.checks import (
    LONGEST_LEASE,
    SHORTEST_LEASE,
    lease_lost,
    require,
    run_not_found,
    ttl_micros,
)
from headrace_services.storage.store import events, runs
from headrace_services.storage.store.locks import run_lock
from headrace_services.storage.store.runs import RunRecord
from headrace_services.storage.store.schema import STARTING
from headrace_services.storage.store.store import Store
from headrace_services.storage.store.transaction import Intent, Transaction


async def claim_run(store: Store, request: ClaimRunRequest) -> ClaimRunResponse:
    """Moves a run from STARTING to RUNNING for the worker that has its launch token."""
    require(request, "request_id", "run_id", "launch_token")
    ttl = ttl_micros("ttl", request.ttl, SHORTEST_LEASE, LONGEST_LEASE)

    def act(tx: Transaction) -> ClaimRunResponse:
        before = _repeated(tx, request)
        record = before or _claim(store, tx, request, ttl)
        return ClaimRunResponse(run=run_message(record), run_token=record.run_token or "", repeated=before is not None)

    return await store.write(Intent("claim_run", act, frozenset({run_lock(request.run_id)})))


def _repeated(tx: Transaction, request: ClaimRunRequest) -> RunRecord | None:
    """Returns the run if this very claim was granted before and still holds."""
    known = runs.find(tx.connection, request.run_id)
    if known is None:
        raise run_not_found(request.run_id)
    same = (known.claim_id, known.launch_token) == (request.request_id, request.launch_token)
    return known if same else None


def _claim(store: Store, tx: Transaction, request: ClaimRunRequest, ttl: int) -> RunRecord:
    record = runs.change(
        tx,
        request.run_id,
        [runs.in_states(STARTING), runs.has_launch_token(request.launch_token), runs.start_not_given_up()],
        {
            **runs.claimed(tx.now, request.request_id, store.ids.token(), request.worker, ttl),
            **runs.more_events(1),
        },
        refusal=lambda: lease_lost(request.run_id, "the launch token was used or replaced, or the run is over"),
    )
    events.append(tx, record.run_id, record.number, record.last_sequence, [state_event(record, STARTING, "", None)])
    return record
